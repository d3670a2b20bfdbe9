import { BadInput, type Input } from '@slipway/shared/action/input';

/** The kinds of workloads that are deployed, as Kubernetes spells them. */
export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** A workload as an input names it. */
export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** Where kinds of workloads are served. */
export function apiVersionOf(kind: WorkloadKind): 'apps/v1' | 'batch/v1' {
  return kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
}

/** For people, and the output `workload`: `deployment/shop` */
export function workloadText({ kind, name }: WorkloadName): string {
  return `${kind.toLowerCase()}/${name}`;
}

const example = 'deployment/shop';
const nameForm = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** `KIND/NAME` */
export const workloadInput: Input<WorkloadName> = {
  example,
  parse(value) {
    const [word = '', name = '', ...more] = value.split('/');
    const kind = workloadKinds.find((one) => one.toLowerCase() === word.toLowerCase());
    if (!kind || more.length > 0 || !nameForm.test(name)) {
      const words = workloadKinds.map((one) => one.toLowerCase()).join(', ');
      throw new BadInput(`is not KIND/NAME with a kind of ${words}`, example);
    }
    return { kind, name };
  },
};
