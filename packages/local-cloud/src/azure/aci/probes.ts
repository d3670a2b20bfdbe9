import type { Cancel } from '../../timeline.ts';
import type { ProbeBody } from './body.ts';
import { type Foundation, heard } from './foundation.ts';
import type { ContainerOrder, ProbeOrder } from './runtime.ts';

/** What comes of a probe: `failed` is one bad answer, `out` and `in` are what the threshold makes of it. */
export type ProbeVerdict = { kind: 'failed'; problem: string } | { kind: 'out' } | { kind: 'in' };

interface Asked {
  order: ContainerOrder;
  kind: ProbeOrder['kind'];
  probe: ProbeBody;
}

/**
 * Asks again and again and counts. Defaults:
 * https://learn.microsoft.com/azure/container-instances/container-instances-liveness-probe
 */
export function startProbe(
  foundation: Foundation,
  { kind, order, probe }: Asked,
  tell: (verdict: ProbeVerdict) => void,
): Cancel {
  const { durations, runtime, timeline } = foundation;
  const seconds = (value: number | undefined, fallback: number) =>
    (value ?? fallback) * durations.second;
  const period = seconds(probe.periodSeconds, 10);
  const timeout = seconds(probe.timeoutSeconds, 1);
  let over = false;
  let [good, bad] = [0, 0];
  let cancel: Cancel = () => undefined;
  const told = heard(foundation, (problem?: string) => {
    if (over) return;
    [good, bad] = problem === undefined ? [good + 1, 0] : [0, bad + 1];
    cancel = timeline.after(period, ask);
    if (problem !== undefined) tell({ kind: 'failed', problem });
    if (bad === (probe.failureThreshold ?? 3)) tell({ kind: 'out' });
    if (good === (probe.successThreshold ?? 1)) tell({ kind: 'in' });
  });
  const ask = () => runtime.probe(order, { kind, probe, timeout }, told);
  cancel = timeline.after(seconds(probe.initialDelaySeconds, 0), ask);
  return () => {
    over = true;
    cancel();
  };
}
