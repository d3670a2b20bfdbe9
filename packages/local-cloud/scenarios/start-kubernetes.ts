// Starts a cluster, or its machine alone, says its folder and the process that holds it, and stays.
import { startKubernetes } from '../src/kubernetes/kubernetes.ts';
import { startMachine } from '../src/kubernetes/machine.ts';

const started = await (process.argv[2] === 'machine' ? startMachine() : startKubernetes());
console.log(started.folder);
setInterval(() => undefined, 60_000);
