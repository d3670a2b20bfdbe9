import { machineClock, Timeline } from '../timeline.ts';
import { type DockerAciRuntime, startDockerAci } from './aci/docker/docker-runtime.ts';
import type { Durations } from './aci/durations.ts';
import { AciWorld } from './aci/world.ts';
import { type Azure, type AzureOptions, startAzure } from './azure.ts';
import { keepUp } from './keep-up.ts';

/** An Azure whose container groups are real containers at addresses of loopback. */
export interface RealAzure extends AsyncDisposable {
  azure: Azure;
  world: AciWorld;
  runtime: DockerAciRuntime;
  /** Environment of a run: all of Azure, its authority, and the names of its groups. */
  env: Readonly<Record<string, string>>;
}

/** Real containers take their own time; all that ACI would wait on top is short. */
const durations: Durations = {
  place: 100,
  transition: 300,
  settle: 1_500,
  provision: 120_000,
  backOff: 1_000,
  longestBackOff: 8_000,
  calm: 60_000,
  second: 500,
};

/** @param shares that there are in Azure Files: `account/share` */
export async function startRealAzure({
  shares = [],
  ...options
}: Omit<AzureOptions, 'aci'> & { shares?: readonly string[] } = {}): Promise<RealAzure> {
  await using started = new AsyncDisposableStack();
  const runtime = started.use(await startDockerAci(shares));
  const timeline = new Timeline(machineClock);
  const world = new AciWorld({ timeline, runtime, durations });
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
