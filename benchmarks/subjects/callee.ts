import { TRANSPORTS, type Transport, type TransportName } from './transport.ts';

/** The callee's process: `node callee.ts TRANSPORT BROKER` tells its address, and ends with who started it. */
const [name, broker = ''] = process.argv.slice(2);
const transport: Transport = await TRANSPORTS[name as TransportName]();
if (!transport.serve) throw new Error(`${name} has no callee of its own`);
process.once('disconnect', () => process.exit());
process.send?.(await transport.serve(broker));
