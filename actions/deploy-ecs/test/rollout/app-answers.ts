import type { HealthAnswer } from '@slipway/shared/probe/probe';
import type { EcsService } from '../../../../packages/local-cloud/src/aws/ecs/services/service.ts';

/** What the app answers by the tasks that get its traffic: 503 from an image that is `sick`. */
export function appAnswers(service: EcsService, test: boolean): HealthAnswer {
  const weighed = service.revisions
    .map((revision) => {
      const tasks = service.tasksOf(revision).filter(({ healthy }) => healthy);
      const weight = test ? revision.testWeight : revision.productionWeight;
      return { image: String(revision.definition.containerDefinitions?.[0]?.image), tasks, weight };
    })
    .filter(({ tasks, weight }) => tasks.length > 0 && weight > 0);
  // A request in a hundred that meets the new version is what shows it.
  const sick = weighed.find(({ image }) => image.includes('sick'));
  const { image } = sick ?? weighed.at(-1) ?? { image: 'nothing' };
  return { status: sick || image === 'nothing' ? 503 : 200, body: image };
}
