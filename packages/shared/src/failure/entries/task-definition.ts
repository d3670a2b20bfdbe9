import { entry } from '../entry.ts';

/** Failures of task definitions and of what a service is created from. */
export const taskDefinitionFailures = {
  'ecs/task-definition': entry({
    cause: (f: { taskDefinition: string; problems: string }) =>
      `ECS cannot run the task definition ${f.taskDefinition}: ${f.problems}`,
    remedy: () =>
      'Correct it where it comes from: the file or text of `task-definition`, or the revision that the service runs. Nothing was registered or changed.',
  }),
  'ecs/service-definition': entry({
    cause: (f: { problems: string }) => `Input service-definition has problems: ${f.problems}`,
    remedy: () =>
      'Correct the file or text; `aws ecs create-service --generate-cli-skeleton` shows the fields. Nothing was created.',
  }),
  'ecs/container-not-found': entry({
    cause: (f: { input: string; container: string; taskDefinition: string; has: string }) =>
      `Input ${f.input} names the container ${f.container}, which the task definition ${f.taskDefinition} does not have; it has ${f.has}.`,
    remedy: (f) => `Name one of its containers in \`${f.input}\`, such as \`web\`.`,
  }),
  'ecs/container-unclear': entry({
    cause: (f: { taskDefinition: string; has: string }) =>
      `The task definition ${f.taskDefinition} has more than one container that could be meant: ${f.has}.`,
    remedy: () =>
      'Name the one that gets `image`, `env` and `secrets` in `container`, such as `web`.',
  }),
} as const;
