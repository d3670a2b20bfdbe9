import type { RegisterTaskDefinitionRequest, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { lastPart, type Place } from '../place.ts';

/** A revision of a task definition as it is shown, with its tags beside it. */
export interface Registered {
  definition: Wire<TaskDefinition> & {
    family: string;
    revision: number;
    taskDefinitionArn: string;
  };
  tags: Wire<Tag>[];
}

/** The task definitions of one account and region. */
export class Definitions {
  readonly #place: Place;
  readonly #families = new Map<string, Registered[]>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Families in the order of their names. */
  get families(): string[] {
    return [...this.#families.keys()].sort();
  }

  /** Revisions of a family, or of all, oldest first. */
  of(family?: string): Registered[] {
    const names = family === undefined ? this.families : [family];
    return names.flatMap((name) => this.#families.get(name) ?? []);
  }

  /**
   * Keeps everything that it was given, what it does not know too.
   * @param at seconds since the epoch
   * @param by ARN of who registers it
   */
  register(
    { tags = [], ...input }: Wire<RegisterTaskDefinitionRequest>,
    { at, by }: { at: number; by: string },
  ): Registered {
    const { account, region } = this.#place;
    const before = this.#families.get(input.family) ?? [];
    const revision = (before.at(-1)?.definition.revision ?? 0) + 1;
    const name = `${input.family}:${revision}`;
    const registered: Registered = {
      definition: {
        placementConstraints: [],
        volumes: [],
        ...input,
        containerDefinitions: input.containerDefinitions.map((container) => ({
          cpu: 0,
          environment: [],
          essential: true,
          mountPoints: [],
          volumesFrom: [],
          portMappings: [],
          systemControls: [],
          ...container,
          ...(container.portMappings && {
            portMappings: container.portMappings.map((mapping) => ({
              ...(input.networkMode === 'awsvpc' && { hostPort: mapping.containerPort }),
              protocol: 'tcp' as const,
              ...mapping,
            })),
          }),
        })),
        taskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/${name}`,
        revision,
        status: 'ACTIVE',
        compatibilities: input.networkMode === 'awsvpc' ? ['EC2', 'FARGATE'] : ['EC2'],
        requiresAttributes: [],
        registeredAt: at,
        registeredBy: by,
      },
      tags,
    };
    this.#families.set(input.family, [...before, registered]);
    return registered;
  }

  /** By ARN, `family:revision`, or `family` for its newest ACTIVE revision. */
  find(asked: string): Registered | undefined {
    const [family = '', revision] = lastPart(asked).split(':');
    const all = this.#families.get(family) ?? [];
    const found =
      revision === undefined
        ? all.findLast(({ definition }) => definition.status === 'ACTIVE')
        : all.find(({ definition }) => String(definition.revision) === revision);
    const isOther =
      asked.startsWith('arn:') &&
      revision !== undefined &&
      found?.definition.taskDefinitionArn !== asked;
    return isOther ? undefined : found;
  }

  /** Forgets a revision; its number is not given again. */
  remove({ definition }: Registered): void {
    definition.status = 'DELETE_IN_PROGRESS';
  }
}
