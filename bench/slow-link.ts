// A thread of its own, so that the lines do not take time from what is measured through them.
import { parentPort, workerData } from 'node:worker_threads';
import { startSlowLink } from '../packages/local-cloud/src/slow-link.ts';

const { to, delay }: { to: number[]; delay: number } = workerData;
const links = await Promise.all(to.map((port) => startSlowLink(port, delay)));
parentPort?.postMessage(links.map(({ port }) => port));
