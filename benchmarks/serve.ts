/** Serves the orders app for a measurement: `node serve.ts STATE_DIR FRESH_MODE WORKERS`; prints its URL. */
import { fileURLToPath } from 'node:url';
import { startApp } from '../host/src/trigger/app.ts';

const [stateDir, fresh, workers] = process.argv.slice(2);
const app = await startApp({
  manifest: fileURLToPath(new URL('../composed/orders.toml', import.meta.url)),
  listen: '127.0.0.1:0',
  stateDir,
  fresh: fresh === 'instantiate' ? 'instantiate' : 'auto',
  workers: Number(workers),
});
process.stdout.write(`${app.url}\n`);
process.once('SIGTERM', () => void app.close().then(() => process.disconnect?.()));
process.on('message', () => process.send?.({ stats: app.stats(), rss: process.memoryUsage.rss() }));
