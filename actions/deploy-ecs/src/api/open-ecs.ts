import { objectIn } from '@slipway/shared/document/json-object';
import { awsClientSettings } from '@slipway/shared/identity/aws-client';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { callsOf, credentialsOf } from './calls.ts';
import type { EcsApi } from './ecs-api.ts';
import { keepAsIs, sendAsIs } from './raw-json.ts';

/**
 * Opens Amazon ECS in one region. The SDK is loaded here; disposing of it closes its connections.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
 */
export async function openEcs(
  o: { region: string; identity: AwsIdentity },
  context: IdentityContext,
): Promise<EcsApi & Disposable> {
  const sdk = await import('./ecs-client.ts');
  const { identity, region } = o;
  const client = new sdk.ECSClient({
    ...awsClientSettings('ECS', region, context),
    retryStrategy: new sdk.OnceThrottled(),
    credentials: credentialsOf(identity),
  });
  const by = callsOf({ prefix: 'ecs', identity, region });
  return {
    region,
    describeServices: by('DescribeServices', (input, options) =>
      client.send(new sdk.DescribeServicesCommand(input), options),
    ),
    createService: by('CreateService', (document, options) => {
      const command = new sdk.CreateServiceCommand({ serviceName: undefined });
      // A call that the SDK repeats creates one service.
      sendAsIs(command.middlewareStack, { clientToken: crypto.randomUUID(), ...document });
      return client.send(command, options);
    }),
    updateService: by('UpdateService', (input, options) =>
      client.send(new sdk.UpdateServiceCommand(input), options),
    ),
    deleteService: by('DeleteService', (input, options) =>
      client.send(new sdk.DeleteServiceCommand(input), options),
    ),
    describeTaskDefinition: by('DescribeTaskDefinition', async (input, options) => {
      const command = new sdk.DescribeTaskDefinitionCommand({ ...input, include: ['TAGS'] });
      const answer = keepAsIs(command.middlewareStack);
      const { tags = [] } = await client.send(command, options);
      return { taskDefinition: objectIn(answer(), 'taskDefinition'), tags };
    }),
    registerTaskDefinition: by('RegisterTaskDefinition', async (document, options) => {
      const none = { family: undefined, containerDefinitions: [] };
      const command = new sdk.RegisterTaskDefinitionCommand(none);
      sendAsIs(command.middlewareStack, document);
      const answer = keepAsIs(command.middlewareStack);
      await client.send(command, options);
      return { taskDefinition: objectIn(answer(), 'taskDefinition') };
    }),
    listTaskDefinitions: by('ListTaskDefinitions', (input, options) =>
      client.send(new sdk.ListTaskDefinitionsCommand(input), options),
    ),
    deregisterTaskDefinition: by('DeregisterTaskDefinition', (input, options) =>
      client.send(new sdk.DeregisterTaskDefinitionCommand(input), options),
    ),
    describeServiceDeployments: by('DescribeServiceDeployments', (input, options) =>
      client.send(new sdk.DescribeServiceDeploymentsCommand(input), options),
    ),
    describeServiceRevisions: by('DescribeServiceRevisions', (input, options) =>
      client.send(new sdk.DescribeServiceRevisionsCommand(input), options),
    ),
    stopServiceDeployment: by('StopServiceDeployment', (input, options) =>
      client.send(new sdk.StopServiceDeploymentCommand(input), options),
    ),
    continueServiceDeployment: by('ContinueServiceDeployment', (input, options) =>
      client.send(new sdk.ContinueServiceDeploymentCommand(input), options),
    ),
    listTasks: by('ListTasks', (input, options) =>
      client.send(new sdk.ListTasksCommand(input), options),
    ),
    describeTasks: by('DescribeTasks', (input, options) =>
      client.send(new sdk.DescribeTasksCommand(input), options),
    ),
    runTask: by('RunTask', (input, options) => client.send(new sdk.RunTaskCommand(input), options)),
    stopTask: by('StopTask', (input, options) =>
      client.send(new sdk.StopTaskCommand(input), options),
    ),
    [Symbol.dispose]: () => client.destroy(),
  };
}
