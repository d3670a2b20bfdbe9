import { entry } from '../entry.ts';

/** Failures of a rollout to Azure Container Instances that are no answer of Azure. */
export const aciRolloutFailures = {
  'aci/recreate-needed': entry({
    cause: (f: { group: string; because: string }) =>
      `Azure cannot change ${f.because} of ${f.group} in place: it has to be deleted and created again.`,
    remedy: () =>
      'Allow it with `allow-recreate: true`: the container group is down for half a minute or more, and its IP address changes. `strategy: rehearse` proves the new version before that. Or leave the property as it is.',
  }),
  'aci/candidate-name': entry({
    cause: (f: { candidate: string; group: string }) =>
      `${f.candidate}, in which the new version of ${f.group} would be rehearsed, is there already and was not made for that.`,
    remedy: (f) =>
      `Delete or rename the container group ${f.candidate}, or use another strategy than \`rehearse\`. Only a group with the tag \`slipway-candidate-of\` is replaced.`,
  }),
  'aci/changing': entry({
    cause: (f: { group: string; state: string; waited: string }) =>
      `${f.group} is still being changed by somebody else (${f.state}) after ${f.waited}.`,
    remedy: () =>
      'Look in the activity log of the container group at who changes it. Run the job again when that is over, or raise `lock-timeout`. A group that stays like that for an hour is a case for Azure support.',
  }),
  'aci/no-address': entry({
    cause: (f: { group: string }) =>
      `Azure reports no address with a TCP port for ${f.group}, and \`health-path\` needs one.`,
    remedy: () =>
      'Open a port with `ports`, and give the group an address; or give `health-url`. The address of a group in a private network is reached from a runner in that network only.',
  }),
};
