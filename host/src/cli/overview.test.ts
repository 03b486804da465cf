import { expect, test } from 'vitest';
import { unwrap } from '../diagnostics/error.ts';
import { edge, func, plan, two } from '../../test/doubles/app-plan.ts';
import { brokerOverview } from './overview.ts';

const plain = (_: string, text: string): string => text;

const app = unwrap(plan(two({ call: func() }), edge('placement = "mqtt"\ntopic = "new orders"')));

test('names the brokers of a running app', () => {
  const brokers = { mqtt: 'mqtt://broker:1883', redis: 'redis://store:6379' };
  expect(brokerOverview(app, brokers, plain)).toBe(
    'Brokers\n  mqtt   mqtt://broker:1883\n  redis  redis://store:6379\n',
  );
});

test('tells how to look at a broker that was started for the app, with what a shell takes', () => {
  const look = (port: number): string =>
    brokerOverview(app, { mqtt: `mqtt://127.0.0.1:${port}`, embedded: `mqtt://127.0.0.1:${port}` }, plain);
  expect(look(1883)).toBe(
    "Brokers\n  mqtt  mqtt://127.0.0.1:1883  started here, in memory; look on with: mosquitto_sub -t 'new orders'\n",
  );
  expect(look(40_123)).toContain("mosquitto_sub -p 40123 -t 'new orders'\n");
});

test('says nothing of brokers that there are not', () => {
  expect(brokerOverview(app, {}, plain)).toBe('');
});
