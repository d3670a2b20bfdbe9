import { type Bucket, throttle } from '../http/throttle.ts';
import { findViolation, type Violation } from './model/check.ts';
import {
  type ModelName,
  type OperationModel,
  type ServiceModel,
  serviceModel,
  shapeOf,
  signingName,
} from './model/service-model.ts';
import type { Permissions } from './permissions.ts';
import { Refusal } from './refusal.ts';
import { accountOf, type Sessions } from './sessions.ts';
import type { Signed } from './signature.ts';

/** What all services of one AWS share. */
export interface AwsParts {
  sessions: Sessions;
  permissions: Permissions;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** What was asked; it was checked against the model. */
export type Input = Readonly<Record<string, unknown>>;

/**
 * One operation of a service: which resource it touches, and what it does. What it takes and gives is
 * in the model, and both are checked. The types are those of AWS's SDK:
 * `Operation<Wire<CreateClusterRequest>, Wire<CreateClusterResponse>>`.
 */
export interface Operation<In = Input, Out extends object = object> {
  /** ARN of the resource, for the permission; `*` where the operation has none. */
  resource(input: In, signed: Signed): string;
  /** Permissions beside the operation's own, such as iam:PassRole. */
  alsoNeeds?(input: In, signed: Signed): readonly Need[];
  /**
   * Members that it acts on; all that the model has, where this is not given. Another one is refused,
   * as to ignore it would be to say that it was done.
   */
  members?: readonly string[];
  /** It needs no permission at all, as sts:GetCallerIdentity does. */
  free?: boolean;
  /** Members that the model does not know are let through, in what is asked and in the answer. */
  keepsUnknown?: boolean;
  run(input: In, signed: Signed): Out | Promise<Out>;
}

/** A permission: an IAM action on the ARN of a resource. */
export interface Need {
  action: string;
  resource: string;
}

/** A service: the name of its model and the operations of it that are there. */
export interface ServiceOptions<Operations extends { members?: readonly string[] }>
  extends AwsParts {
  model: ModelName;
  operations: Readonly<Record<string, Operations>>;
  /** How many requests it takes; all there are, where this is not given. */
  buckets?: readonly Bucket[];
  /** The clock of the buckets, where it is another one than that of the signatures. */
  bucketClock?: () => number;
  /** The service's own sentence for what its model does not allow. */
  sentence?: (violation: Violation) => string;
}

/** The rules that hold for every service, whichever protocol it speaks. */
export class Rules {
  readonly model: ServiceModel;
  /** Signing name, and prefix of the IAM actions. */
  readonly name: string;
  readonly #permissions: Permissions;
  readonly #hasToken: ReturnType<typeof throttle>;

  constructor(options: ServiceOptions<{ members?: readonly string[] }>) {
    this.model = serviceModel(options.model);
    this.name = signingName(this.model);
    this.#permissions = options.permissions;
    this.#hasToken = throttle(options.buckets ?? [], options.bucketClock ?? options.now);
    for (const [name, operation] of Object.entries(options.operations)) {
      this.#checkOperation(name, operation.members ?? []);
    }
  }

  /** The operation in the model. */
  operation(name: string): OperationModel {
    const operation = this.model.operations[name];
    if (!operation) throw new Error(`${this.name} has no operation ${name} in its model.`);
    return operation;
  }

  /** @throws Refusal `ThrottlingException` */
  admit(name: string, { region, session }: Signed): void {
    if (this.#hasToken(accountOf(session.role), region, name)) return;
    throw new Refusal('ThrottlingException', 'Rate exceeded');
  }

  /** @throws Refusal `AccessDeniedException` */
  authorize<In>(name: string, operation: Operation<In>, input: In, signed: Signed): void {
    const { session } = signed;
    const action = `${this.name}:${name}`;
    if (operation.free) this.#permissions.see(action, session.role.arn);
    else this.#permissions.need(action, operation.resource(input, signed), session);
    for (const need of operation.alsoNeeds?.(input, signed) ?? []) {
      this.#permissions.need(need.action, need.resource, session);
    }
  }

  /** @throws Refusal for a member that the real operation takes and this one does nothing with */
  checkMembers(name: string, members: readonly string[] | undefined, input: Input): void {
    const ignored = members && Object.keys(input).find((member) => !members.includes(member));
    if (ignored === undefined) return;
    const code =
      this.model.metadata.protocol === 'query' ? 'ValidationError' : 'ValidationException';
    throw new Refusal(code, `The local cloud does not do ${ignored} of ${this.name}:${name}.`);
  }

  /** What of an input the model does not allow. */
  wrongInput(name: string, input: unknown, keepsUnknown = false): Violation | undefined {
    const { input: ref } = this.operation(name);
    if (!ref) throw new Error(`${this.name}:${name} takes no input in its model.`);
    return findViolation(this.model, ref, input, { keepsUnknown });
  }

  /** @throws Error for an answer that the model does not allow: a bug of the local cloud */
  checkAnswer(name: string, answer: unknown, keepsUnknown = false): void {
    const { output } = this.operation(name);
    const wrong = output && findViolation(this.model, output, answer, { keepsUnknown });
    if (!wrong) return;
    const where = wrong.path === '' ? 'it' : wrong.path;
    throw new Error(
      `The answer of ${this.name}:${name} is not what its model says: ${where} ${wrong.must}.`,
    );
  }

  /** @throws Error for an error that neither the operation nor all services have: a bug as well */
  checkRefusal(name: string, { code, message }: Refusal, common: ReadonlySet<string>): void {
    const listed = (this.model.operations[name]?.errors ?? []).map(
      (ref) => shapeOf(this.model, ref).error?.code ?? ref.shape,
    );
    if (common.has(code) || listed.includes(code)) return;
    throw new Error(`${this.name}:${name} has no error ${code} in its model: ${message}`);
  }

  #checkOperation(name: string, members: readonly string[]): void {
    const { input } = this.operation(name);
    const known = input ? Object.keys(shapeOf(this.model, input).members ?? {}) : [];
    const unknown = members.find((member) => !known.includes(member));
    if (unknown !== undefined) throw new Error(`${this.name}:${name} does not take ${unknown}.`);
  }
}
