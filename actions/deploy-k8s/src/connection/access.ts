import type { RegistryCredentials } from '@slipway/shared/identity/credentials';

/** A client certificate and its key, as PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a request carries to prove who asks. */
export interface RequestCredentials {
  /** Value of the header `Authorization`. */
  readonly authorization?: string;
  readonly certificate?: ClientCertificate;
}

/** Finds the login of a registry by its host. */
export type LoginOfRegistry = (registry: string) => Promise<RegistryCredentials | undefined>;

/** As whom the cluster is spoken to. */
export interface ClusterIdentity {
  /** For people: `user deploy of the kubeconfig`, `the role arn:…`. */
  readonly who: string;
  /** What helps where the cluster does not accept it. One or two sentences. */
  readonly remedy: string;
  /** A proof that is good now; asked for before every request. */
  proof(): Promise<RequestCredentials>;
  /** The server has called this proof ended: the next one is new. Not there where there is only one. */
  ended?(proof: RequestCredentials): void;
}

/** An API server, and what a request to it needs. */
export interface ClusterAccess {
  /** Without a slash at the end of its path. */
  readonly server: URL;
  /** Certificates of its authority as PEM; those that Node trusts when undefined. */
  readonly ca: string | undefined;
  /** The name that its certificate must have, where that is not the host of `server`. */
  readonly tlsServerName: string | undefined;
  /** Proxy for this server alone; it goes before those of the environment. */
  readonly proxy: string | undefined;
  /** `Impersonate-User` and the like. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly identity: ClusterIdentity;
  /** Namespace of the context. */
  readonly namespace: string | undefined;
  /**
   * The login of a registry of the same vendor, as the same identity; undefined for every other registry.
   * @throws Failure `identity/*`
   */
  readonly registryLogin?: LoginOfRegistry;
  /** Where all this is from, for people: `context shop of the kubeconfig`. */
  readonly from: string;
}
