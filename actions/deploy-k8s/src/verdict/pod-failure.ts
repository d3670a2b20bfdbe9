import { exitMeaning } from '@slipway/shared/deploy/exit-meaning';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { ContainerView, Ended } from '../pods/container-view.ts';
import type { PodView } from '../pods/pod-view.ts';
import type { SeenContainer } from './container-memory.ts';
import type { VerdictRow } from './verdict-row.ts';

/** How a container is called, at the beginning of a sentence: `Init container migrate of pod shop-1`. */
export function containerText({ name, role }: ContainerView, pod: PodView): string {
  const word = { app: 'Container', init: 'Init container', sidecar: 'Sidecar' }[role];
  return `${word} ${name} of pod ${pod.name}`;
}

/** What a row says, and the words of Kubernetes behind it. */
export function whyOf({ cause }: VerdictRow, said: string): string {
  const words = oneLine(said);
  return words === '' ? cause : `${cause}; Kubernetes: ${words}`;
}

/** The end of a run as a clause: `with code 1 (the app ended itself with an error)`. */
export function endOf({ exitCode, message, reason }: Ended): string {
  const word = /^(?:Error|Completed)?$/.test(reason) ? '' : `; Kubernetes: ${reason}`;
  const said = message === '' ? '' : `: ${oneLine(message)}`;
  if (exitCode === undefined) return `with a code that Kubernetes does not say${word}${said}`;
  return `with code ${exitCode} (${exitMeaning(exitCode, reason)})${word}${said}`;
}

/** A container that does not stay up. */
export function crashFailure(container: SeenContainer, pod: PodView, row: VerdictRow): Failure {
  const { exits, killed, lastEnd, memoryLimit } = container;
  const text = containerText(container, pod);
  const count = countText(exits);
  if (killed !== undefined)
    return Failure.of('k8s/probe', { container: text, said: oneLine(killed) });
  if (row.reasons.includes('OOMKilled')) {
    const limit = memoryLimit === undefined ? '' : ` of ${oneLine(memoryLimit)}`;
    return Failure.of('k8s/out-of-memory', { container: text, count, limit });
  }
  const why = lastEnd ? endOf(lastEnd) : 'with a code that Kubernetes does not say';
  return Failure.of('k8s/crash-loop', { container: text, count, why, remedy: row.remedy });
}

/** How often something happened: `once`, `3 times`. */
export function countText(count: number): string {
  return count <= 1 ? 'once' : `${count} times`;
}
