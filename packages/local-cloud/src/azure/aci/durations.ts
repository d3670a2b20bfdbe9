/** How long things take in the emulated ACI, in milliseconds. */
export interface Durations {
  /** From a request to the place of a group: Pending until then. */
  place: number;
  /** How long after a request every other change of the group is refused. */
  transition: number;
  /** How long all containers have to run until the operation has succeeded. */
  settle: number;
  /** When an operation gives up, where the group does not say it. */
  provision: number;
  /** Wait after the second exit of a container; it doubles with each. */
  backOff: number;
  longestBackOff: number;
  /** How long a container has to run until that begins anew. */
  calm: number;
  /** One second of a probe or of provisioningTimeoutInSeconds. */
  second: number;
}

/**
 * place and settle: recorded exchanges in the tests of azure-cli and azure-sdk-for-js. provision: the
 * service's default of 1800 s. Back-off: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
export const realDurations: Durations = {
  place: 5_000,
  transition: 10_000,
  settle: 4_000,
  provision: 1_800_000,
  backOff: 10_000,
  longestBackOff: 300_000,
  calm: 600_000,
  second: 1_000,
};

/** The same at another pace: 0.001 makes milliseconds of its seconds. */
export function durationsAt(pace: number): Durations {
  return {
    place: realDurations.place * pace,
    transition: realDurations.transition * pace,
    settle: realDurations.settle * pace,
    provision: realDurations.provision * pace,
    backOff: realDurations.backOff * pace,
    longestBackOff: realDurations.longestBackOff * pace,
    calm: realDurations.calm * pace,
    second: realDurations.second * pace,
  };
}
