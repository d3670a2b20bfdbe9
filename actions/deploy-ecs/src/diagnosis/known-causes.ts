/** Which kind of thing keeps a task from serving. */
export type FailureKind = 'image' | 'secret' | 'start' | 'capacity' | 'memory' | 'exit' | 'health';

/** What is behind a sentence of ECS. */
export interface KnownCause {
  kind: FailureKind;
  /** A clause: `the registry has no such image`. */
  cause: string;
  /** A sentence that says what to do. */
  remedy: string;
  /** The next task ends the same way, whatever ECS tries: one task is enough to be sure. */
  final: boolean;
}

interface Pattern extends KnownCause {
  words: RegExp;
}

const longest = 3_000;

/**
 * Finds the cause behind a reason of ECS, which is a prefix such as `CannotPullContainerError` and then
 * the words of whatever the agent asked.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
 * the pages below it
 */
export function knownCause(reason: string): KnownCause | undefined {
  const text = reason.slice(0, longest);
  return patterns.find(({ words }) => words.test(text));
}

const network =
  'Give the subnets of the task a way there: a NAT gateway, VPC endpoints or a public IP, and let its security group out.';

// From the special to the general: the first that fits counts.
const patterns: readonly Pattern[] = [
  {
    words: /toomanyrequests|429 Too Many Requests|pull rate limit|rate exceeded/i,
    kind: 'image',
    cause: 'the registry allows no more pulls for now',
    remedy: 'Log the task in to the registry with `repositoryCredentials`, or pull from ECR.',
    final: false,
  },
  {
    words:
      /CannotPull[\s\S]*(?:does not contain descriptor matching platform|no matching manifest for|no match for platform)/i,
    kind: 'image',
    cause: 'the image is not built for the platform of the task',
    remedy:
      'Build it for that platform with `platforms` of build-push, or correct `runtimePlatform` of the task definition.',
    final: true,
  },
  {
    words: /CannotPull[\s\S]*(?:no space left on device)/i,
    kind: 'image',
    cause: 'there is no room for the image',
    remedy: 'Raise `ephemeralStorage` of the task definition, or make the image smaller.',
    final: true,
  },
  {
    words:
      /CannotPull[\s\S]*(?:i\/o timeout|request canceled|deadline exceeded|connection issue|connection refused|no such host|no route to host|dial tcp)/i,
    kind: 'image',
    cause: 'the task does not reach the registry',
    remedy: network,
    final: false,
  },
  {
    words:
      /CannotPull[\s\S]*(?:access denied|403 Forbidden|401 Unauthorized|AccessDenied|no basic auth|not authorized|has the permissions|authentication required)/i,
    kind: 'image',
    cause: 'the task may not pull the image',
    remedy:
      'Let the execution role of the task pull it: `ecr:GetAuthorizationToken`, `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`; or set `repositoryCredentials`. A repository that does not exist looks the same.',
    final: true,
  },
  {
    words:
      /CannotPull[\s\S]*(?:not found|manifest unknown|does not exist|name unknown|NotFound|invalid reference)/i,
    kind: 'image',
    cause: 'the registry has no such image',
    remedy: 'Check repository, tag or digest, and that nothing deletes images that still run.',
    final: true,
  },
  {
    words: /CannotPull/i,
    kind: 'image',
    cause: 'the image could not be pulled',
    remedy: 'Pull the image from a machine in the same subnets to see the whole error.',
    final: false,
  },
  {
    words:
      /(?:registry auth from ecr|ecr:GetAuthorizationToken)[\s\S]*(?:AccessDenied|not authorized)|not authorized to perform: ecr:GetAuthorizationToken/i,
    kind: 'image',
    cause: 'the task may not log in to ECR',
    remedy: 'Allow the execution role of the task `ecr:GetAuthorizationToken`.',
    final: true,
  },
  {
    words: /did not contain json key|json key/i,
    kind: 'secret',
    cause: 'the secret has no such JSON key',
    remedy: 'Correct the key at the end of `valueFrom`, or put it into the secret.',
    final: true,
  },
  {
    words:
      /(?:secret|ssm|parameter)[\s\S]*(?:ResourceNotFound|can't find the specified secret|invalid ssm parameters|ParameterNotFound|whether the secret exists)/i,
    kind: 'secret',
    cause: 'there is no such secret or parameter',
    remedy: 'Correct its ARN in `secrets`, or create it in this region.',
    final: true,
  },
  {
    words: /(?:secret|ssm|parameter|kms)[\s\S]*(?:AccessDenied|not authorized)/i,
    kind: 'secret',
    cause: 'the task may not read a secret',
    remedy:
      'Let the execution role of the task read it: `secretsmanager:GetSecretValue` or `ssm:GetParameters`, and `kms:Decrypt` where a key of yours encrypts it.',
    final: true,
  },
  {
    words:
      /(?:pull secrets or registry auth|retrieve secret)[\s\S]*(?:i\/o timeout|deadline exceeded|context canceled|connection issue|no such host|dial tcp)/i,
    kind: 'secret',
    cause: 'the task does not reach the service that holds its secrets, or ECR',
    remedy: network,
    final: false,
  },
  {
    words: /pull secrets or registry auth/i,
    kind: 'secret',
    cause: 'the task could not get its secrets, or log in to the registry',
    remedy:
      'Check the execution role of the task and its way to Secrets Manager, Parameter Store and ECR.',
    final: false,
  },
  {
    words: /unable to assume (?:the |this )?(?:service )?role/i,
    kind: 'start',
    cause: 'ECS may not assume a role of the task',
    remedy:
      'Check `taskRoleArn` and `executionRoleArn`: both have to exist in this account and trust ecs-tasks.amazonaws.com.',
    final: true,
  },
  {
    words: /log group does not exist|cannot find the Amazon CloudWatch log group/i,
    kind: 'start',
    cause: 'its log group does not exist',
    remedy: 'Create the log group, or set `awslogs-create-group` in `logConfiguration`.',
    final: true,
  },
  {
    words: /(?:logger args|log stream|logging driver)[\s\S]*(?:AccessDenied|not authorized)/i,
    kind: 'start',
    cause: 'the task may not write its logs',
    remedy: 'Allow its execution role `logs:CreateLogStream` and `logs:PutLogEvents`.',
    final: true,
  },
  {
    words:
      /executable file not found|no such file or directory[\s\S]*exec|exec[\s\S]*no such file or directory/i,
    kind: 'start',
    cause: 'the command was not found in the image',
    remedy: 'Correct `command` or `entryPoint` of the container.',
    final: true,
  },
  {
    words: /exec format error/i,
    kind: 'start',
    cause: 'the program is for another CPU',
    remedy: 'Build the image for the platform of the task, or correct `runtimePlatform`.',
    final: true,
  },
  {
    words: /exec[\s\S]*permission denied/i,
    kind: 'start',
    cause: 'the command may not be run',
    remedy: 'Give the file the permission to be executed (`chmod +x`) in the image.',
    final: true,
  },
  {
    words: /env(?:ironment)? files?/i,
    kind: 'start',
    cause: 'an environment file could not be read',
    remedy:
      'Check its ARN in `environmentFiles`, and that the execution role may `s3:GetObject` it.',
    final: false,
  },
  {
    words: /\bEFS\b|CannotCreateVolume|mount/i,
    kind: 'start',
    cause: 'a volume could not be mounted',
    remedy:
      'Check the file system, its mount targets, its security group, and the role of the task.',
    final: false,
  },
  {
    words:
      /Capacity is unavailable|RESOURCE:|insufficient|no container instance|network interface provisioning|EphemeralStorage provisioning/i,
    kind: 'capacity',
    cause: 'there is no room for the task at the moment',
    remedy: 'Add capacity or free IP addresses of the subnets, or ask for less CPU and memory.',
    final: false,
  },
  {
    words: /OutOfMemory/i,
    kind: 'memory',
    cause: 'it used more memory than its limit',
    remedy: 'Raise `memory` of the container or the task, or find out what needs it.',
    final: false,
  },
];
