// A thread of its own, so that the line does not take time from what is measured through it.
import { parentPort, workerData } from 'node:worker_threads';
import { startSlowLink } from '../packages/local-cloud/src/slow-link.ts';

const { to, delay }: { to: number; delay: number } = workerData;
const { port } = await startSlowLink(to, delay);
parentPort?.postMessage(port);
