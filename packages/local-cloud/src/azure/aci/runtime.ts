import type { ContainerProperties, CredentialBody, ProbeBody, VolumeBody } from './body.ts';

/**
 * What runs the containers of the emulated ACI. It knows images, containers, addresses and mounts;
 * restarts, back-off, probes' thresholds, states and events belong to the state machine above it, which
 * is one for all runtimes. What happens it tells, at once or whenever it happens; it never throws.
 */
export interface AciRuntime {
  /** Whether an image can be had, which ACI finds out before it takes a request. */
  inspect(image: string, credentials: readonly CredentialBody[]): Promise<ImageVerdict>;
  /** The address of a group: the same as long as it exists. */
  addressOf(group: GroupOrder): string;
  /** Mounts a volume; the problem, or undefined once it is there. */
  mount(group: GroupOrder, volume: VolumeBody, tell: (problem?: string) => void): void;
  pull(container: ContainerOrder, tell: (pulled: Pulled) => void): void;
  /** Starts a container. Nothing is told of it any more after `exited` or `failed`. */
  start(container: ContainerOrder, tell: (event: ContainerEvent) => void): void;
  /** SIGTERM, and SIGKILL after the grace; then `exited`. For what does not run it does nothing. */
  stop(container: ContainerOrder): void;
  /** Asks once; the problem, or undefined where the answer is good. */
  probe(container: ContainerOrder, probe: ProbeOrder, tell: (problem?: string) => void): void;
  /** Whether traffic to the ports of a container gets in. */
  serve(container: ContainerOrder, open: boolean): void;
  /** Everything of a group goes, at once; nothing is told of it any more. */
  remove(group: GroupOrder): void;
}

export type ImageVerdict = 'accessible' | 'inaccessible' | 'registry-error' | 'os-version';

/** `digest` is `sha256:…`. */
export type Pulled = { digest: string } | { problem: string };

export type ContainerEvent =
  | { kind: 'started' }
  /** It could not be started: `failed to create containerd task: …` */
  | { kind: 'failed'; reason: string }
  /** One line on stdout or stderr. */
  | { kind: 'log'; line: string }
  /** `reason` is what the state shows beside the exit code: `OOMKilled`. */
  | { kind: 'exited'; exitCode: number; reason?: string };

/** A container group as a runtime needs to know it. */
export interface GroupOrder {
  /** Its own: a group that is made anew under the same name has another one. */
  uid: string;
  name: string;
  location: string;
  /** Counts how often all of it was made anew. */
  round: number;
  /** Ports of the address. */
  ports: readonly number[];
  /** Ports that its containers listen on, and that probes ask. */
  listens: readonly number[];
  volumes: readonly VolumeBody[];
  credentials: readonly CredentialBody[];
}

/** A container as it is to be run. */
export interface ContainerOrder {
  /** Unique for each time that the group is made anew. */
  key: string;
  group: GroupOrder;
  name: string;
  image: string;
  init: boolean;
  /** Environment with the values that are secret. */
  environment: Readonly<Record<string, string>>;
  /** Bytes. */
  memory?: number;
  properties: Partial<ContainerProperties>;
}

export interface ProbeOrder {
  kind: 'liveness' | 'readiness';
  probe: ProbeBody;
  /** Milliseconds. */
  timeout: number;
}
