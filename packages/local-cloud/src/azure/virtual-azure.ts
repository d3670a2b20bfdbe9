import { machineClock } from '../timeline.ts';
import { virtualAci } from './aci/virtual/virtual-aci.ts';
import type { VirtualRuntime } from './aci/virtual/virtual-runtime.ts';
import type { AciWorld } from './aci/world.ts';
import { type Azure, type AzureOptions, startAzure } from './azure.ts';
import { keepUp } from './keep-up.ts';

/** An Azure whose container groups follow scripts and answer at addresses of loopback. */
export interface VirtualAzure extends AsyncDisposable {
  azure: Azure;
  world: AciWorld;
  runtime: VirtualRuntime;
  /** Environment of a run: all of Azure, its authority, and the names of its groups. */
  env: Readonly<Record<string, string>>;
}

/** @param pace of everything that takes time; by default a second of the real ACI takes 10 ms */
export async function startVirtualAzure({
  pace = 0.01,
  ...options
}: Omit<AzureOptions, 'aci'> & { pace?: number } = {}): Promise<VirtualAzure> {
  await using started = new AsyncDisposableStack();
  const { runtime, timeline, world } = virtualAci({ clock: machineClock, pace, listens: true });
  started.use(runtime);
  const azure = started.use(await startAzure({ ...options, aci: world }));
  started.use(keepUp(timeline));
  const all = started.move();
  return {
    azure,
    world,
    runtime,
    env: { ...azure.env, ...azure.nameEnv },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
