import { InvalidArgumentError, Option } from 'commander';
import { collect, withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

export interface UpOptions extends VariantOptions {
  readonly listen: string;
  readonly variable?: readonly string[];
  readonly runtimeConfigFile?: string;
  readonly mqtt?: string;
  readonly redis?: string;
  readonly only?: readonly string[];
  readonly replica?: string;
  readonly workers?: number;
  readonly stateDir?: string;
}

export const defineUp: DefineCommand = (program, context) => {
  withVariant(program.command('up').argument('[manifest]', 'the app’s manifest'))
    .description('Build an app and serve it until it is told to stop.')
    .addOption(
      new Option('--listen <address>', 'where to serve HTTP')
        .env('SPIN_HTTP_LISTEN_ADDR')
        .default('127.0.0.1:3000'),
    )
    .option('--variable <name=value>', 'set a variable; name=@file and @file.toml read files', collect)
    .option('--runtime-config-file <file>', 'sources of variables, and stores, as for Spin')
    .option(
      '--mqtt <address>',
      'the MQTT broker (default: the variable mqtt_address, else one is started on 127.0.0.1)',
    )
    .option('--redis <address>', 'the Redis server (default: the variable redis_address)')
    .option(
      '--only <unit|service,…>',
      'run these units, and leave the others to other processes with the same brokers',
      collect,
    )
    .option(
      '--replica <name>',
      'run beside others that share the messages of MQTT topics; keep the name from start to start',
    )
    .option(
      '--workers <count>',
      'worker threads per unit (default: the manifest’s, else as many as cores)',
      count,
    )
    .option('--state-dir <folder>', 'where stores are kept (default: .spin/<app> beside the manifest)')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: UpOptions, command) => {
      const output = context.output(command);
      const file = chooseManifest(manifest);
      const { up } = await import('../up.ts');
      await up(file, options, output);
    });
};

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1024) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 1024.');
  }
  return value;
}

const EXAMPLES = `
Examples:
  tenon up                                  http://127.0.0.1:3000
  tenon up --listen 0.0.0.0:8080            reachable from other machines
  tenon up --variable token=@secret.txt     a variable from a file; SPIN_VARIABLE_TOKEN works too
  tenon up --profile mqtt --mqtt mqtt://broker:1883
                                            an edge over a broker of your own
  tenon up --only fulfilment --redis redis://cache:6379
                                            one unit here, the others elsewhere
  tenon up --json                           ready, logs and problems as JSON lines

SIGINT (Ctrl-C) and SIGTERM let running requests finish; a second one stops at once.`;
