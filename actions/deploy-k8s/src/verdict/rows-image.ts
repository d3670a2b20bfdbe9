import type { VerdictRow } from './verdict-row.ts';

const pull = ['ErrImagePull', 'ImagePullBackOff'];

/** Images that cannot be had. From the special to the general. */
export const imageRows: readonly VerdictRow[] = [
  {
    kind: 'image',
    reasons: ['InvalidImageName'],
    when: '',
    verdict: 'now',
    cause: 'its name is not that of an image',
    remedy: 'Correct `image`.',
  },
  {
    kind: 'image',
    reasons: ['ErrImageNeverPull'],
    when: '',
    verdict: 'now',
    cause: 'the node does not have it, and `imagePullPolicy: Never` forbids to pull it',
    remedy: 'Set `imagePullPolicy: IfNotPresent`, or load the image onto each node first.',
  },
  {
    kind: 'image',
    reasons: ['SignatureValidationFailed'],
    when: '',
    verdict: 'now',
    cause: 'the nodes only run signed images, and this one has no signature that they accept',
    remedy: 'Sign the image as the policy of the nodes asks for.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'rate limit',
    words: /toomanyrequests|429 Too Many|rate.?limit/i,
    verdict: 'explain',
    cause: 'the registry allows no more pulls for now',
    remedy:
      'Give the pods a pull secret of an account with a higher limit (`imagePullSecrets`), or keep the image in a registry of your own.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'no image for the platform of the node',
    words: /no matching manifest|no match for platform|descriptor matching platform/i,
    verdict: 'now',
    cause: 'the image is not built for the CPU of the node',
    remedy: 'Build it for the platforms of the nodes with `platforms` of build-push.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'no room on the node',
    words: /no space left on device/i,
    verdict: { times: 3 },
    cause: 'the node has no room for it',
    remedy: 'Make room on the node, or make the image smaller.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'the registry is not reached, or is out of order',
    words:
      /i\/o timeout|request canceled|deadline exceeded|connection (?:refused|reset)|no such host|no route to host|server misbehaving|dial tcp|TLS handshake|x509|\bEOF\b|\b50[0234]\b/i,
    verdict: 'explain',
    cause: 'the node does not reach the registry',
    remedy:
      'Check that the registry is up, and the way to it from the nodes: DNS, proxy, firewall, certificate.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'unauthorized, denied',
    words:
      /unauthorized|authentication required|access denied|access forbidden|insufficient_scope|authorization failed|\b40[13]\b|\bdenied\b|no basic auth/i,
    verdict: { times: 2 },
    cause: 'the node may not pull it, or the registry has no such image',
    remedy:
      'Give the pods a pull secret for this registry (`imagePullSecrets` of the template or of the service account), or the nodes the right to pull; and check the name of the image.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: 'not found, manifest unknown',
    words: /not found|manifest unknown|name unknown|does not exist|NotFound|\b404\b/i,
    verdict: 'now',
    cause: 'the registry has no such image',
    remedy: 'Check repository, tag or digest, and that nothing deletes images that still run.',
  },
  {
    kind: 'image',
    reasons: pull,
    when: '',
    verdict: 'explain',
    cause: 'it could not be pulled',
    remedy:
      'What Kubernetes said of it is in the job summary; pull the image elsewhere to compare.',
  },
  {
    kind: 'image',
    reasons: ['ImageInspectError', 'RegistryUnavailable'],
    when: '',
    verdict: 'explain',
    cause: 'the container runtime of the node or the registry is out of order',
    remedy: 'Look at the node and its container runtime.',
  },
];
