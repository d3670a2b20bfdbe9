/** What is behind words of Azure, of the container runtime or of a registry. */
export interface KnownCause {
  /** A clause: `the registry has no such image`. */
  readonly cause: string;
  /** A sentence that says what to do. */
  readonly remedy: string;
  /** The next try ends the same way: one is enough to be sure. */
  readonly final: boolean;
}

interface Pattern extends KnownCause {
  readonly words: RegExp;
}

const longest = 3_000;

function causeIn(patterns: readonly Pattern[], said: string): KnownCause | undefined {
  const text = said.slice(0, longest);
  return patterns.find(({ words }) => words.test(text));
}

/** Why an image could not be pulled. */
export function pullCause(said: string): KnownCause {
  return causeIn(pulls, said) ?? unknownPull;
}

const unknownPull: KnownCause = {
  cause: 'it could not be pulled',
  remedy: 'What Azure said of it is in the job summary; pull the image elsewhere to compare.',
  final: false,
};

// From the special to the general: the first that fits counts.
const pulls: readonly Pattern[] = [
  {
    words: /toomanyrequests|429 Too Many|\b429\b|rate.?limit|RegistryErrorResponse/i,
    cause: 'the registry allows no more pulls for now, or is out of order',
    remedy:
      'Pull with `registry-username` and `registry-password`, or keep the image in a registry of Azure, which can cache that one.',
    final: false,
  },
  {
    words:
      /no matching manifest|no match for platform|descriptor matching platform|platform .{0,80}does not match|exec format/i,
    cause: 'the image is not built for linux/amd64, and container instances have no other CPU',
    remedy: 'Build it with `platforms: linux/amd64` of build-push.',
    final: true,
  },
  {
    words: /no space left on device|image size|too large/i,
    cause: 'there is no room for the image',
    remedy: 'Make the image smaller: container instances take 15 GB.',
    final: true,
  },
  {
    words:
      /i\/o timeout|request canceled|deadline exceeded|connection (?:refused|reset)|no such host|no route to host|dial tcp|TLS handshake|\bEOF\b|\b50[0234]\b/i,
    cause: 'the container group does not reach the registry',
    remedy:
      'Check that the registry is up and lets this container group in; in a subnet it needs a NAT gateway or a private endpoint of the registry.',
    final: false,
  },
  {
    words:
      /unauthorized|authentication required|access denied|access forbidden|insufficient_scope|authorization failed|\b40[13]\b|\bdenied\b|no basic auth/i,
    cause: 'the container group may not pull it, or the registry has no such image',
    remedy:
      'Give the identity in `registry-identity` the role `AcrPull` on the registry, or correct `registry-username` and `registry-password`; and check the name of the image.',
    final: true,
  },
  {
    words: /not found|manifest unknown|name unknown|does not exist|NotFound|\b404\b/i,
    cause: 'the registry has no such image',
    remedy: 'Check repository, tag or digest, and that nothing deletes images that still run.',
    final: true,
  },
  {
    words: /invalid reference|InvalidImageName|InspectFailed/i,
    cause: 'its name is not that of an image',
    remedy: 'Correct `image`.',
    final: true,
  },
  {
    words: /InaccessibleImage|not accessible/i,
    cause: 'Azure has no access to it',
    remedy:
      'Check the name of the image, and pull with `registry-identity`, which a firewall of the registry lets in.',
    final: true,
  },
];

/** Why a container could not be started. */
export function startCause(said: string): KnownCause {
  return causeIn(starts, said) ?? unknownStart;
}

const unknownStart: KnownCause = {
  cause: 'the container runtime refused it',
  remedy: 'What Azure said of it is in the job summary.',
  final: false,
};

const starts: readonly Pattern[] = [
  {
    words: /exec format error/i,
    cause: 'the program is for another CPU, and container instances have linux/amd64 only',
    remedy: 'Build the image with `platforms: linux/amd64` of build-push.',
    final: true,
  },
  {
    words: /executable file not found|no such file or directory/i,
    cause: 'the command was not found in the image',
    remedy: 'Correct `command`, or the entrypoint of the image.',
    final: true,
  },
  {
    words: /permission denied/i,
    cause: 'the command may not be run',
    remedy: 'Give the file the permission to be executed (`chmod +x`) in the image.',
    final: true,
  },
  {
    words: /secret|key ?vault/i,
    cause: 'a secret could not be had',
    remedy:
      'Check that each secret is in Key Vault, and that the identity in `key-vault-identity` may read it (role `Key Vault Secrets User`).',
    final: false,
  },
];

/** Why a volume could not be mounted. */
export function mountCause(said: string): KnownCause {
  return causeIn(mounts, said) ?? unknownMount;
}

const unknownMount: KnownCause = {
  cause: 'Azure could not mount it',
  remedy: 'Check the file share, its storage account and its key in `spec`.',
  final: false,
};

const mounts: readonly Pattern[] = [
  {
    words: /mount error\(1[12][0-9]\)|timed? ?out|host is down|no route to host|could not resolve/i,
    cause: 'the storage account is not reached',
    remedy:
      'Check the name of the storage account, and that its firewall and the subnet let SMB (port 445) through.',
    final: false,
  },
  {
    words: /permission denied|mount error\(13\)|AuthenticationFailed|AuthorizationFailure|\b403\b/i,
    cause: 'the storage account refuses it (permission denied)',
    remedy:
      'Check the key of the storage account in `spec`, which changes when it is rotated, and the firewall of the account.',
    final: true,
  },
  {
    words: /no such file or directory|mount error\(2\)|ShareNotFound|does not exist|\b404\b/i,
    cause: 'there is no such file share',
    remedy: 'Create the file share, or correct `shareName` in `spec`.',
    final: true,
  },
  {
    words: /secret/i,
    cause: 'a secret of it could not be had',
    remedy: 'Check the secrets that volumes in `spec` refer to, and who may read them.',
    final: false,
  },
];
