# Generated from actions/deploy-ecs/src/api/permissions.json by `make generate`.

# What deploy-ecs calls, by the kind of resource that IAM checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
    "alarm" = [
      "cloudwatch:DescribeAlarms", # say which alarm stopped the rollout, and since when
    ]
    "any" = [
      "ecs:DescribeTaskDefinition",                 # read the task definition that the new one is made from (always needed)
      "ecs:ListTaskDefinitions",                    # find the revisions that keep-revisions does not keep
      "ecs:DeregisterTaskDefinition",               # remove the revisions that keep-revisions does not keep
      "ecr:GetAuthorizationToken",                  # log in to the registry to resolve a tag to a digest
      "elasticloadbalancing:DescribeTargetHealth",  # say why a target is unhealthy
      "elasticloadbalancing:DescribeTargetGroups",  # find the load balancer in front of the service
      "elasticloadbalancing:DescribeLoadBalancers", # find the address that health-path is asked at
      "elasticloadbalancing:DescribeListeners",     # find the port that health-path is asked at
      "elasticloadbalancing:DescribeRules",         # read how much of the traffic the new version gets
    ]
    "cluster" = [
      "ecs:DescribeClusters", # check that the cluster is there and active (always needed)
    ]
    "log-stream" = [
      "logs:GetLogEvents", # show the last log lines of a task that failed, and those of run-before
    ]
    "repository" = [
      "ecr:BatchGetImage",          # resolve a tag to a digest, and read the platform of the image
      "ecr:GetDownloadUrlForLayer", # read the platform of the image
    ]
    "service" = [
      "ecs:DescribeServices",       # read what the service runs and how it is set up (always needed)
      "ecs:UpdateService",          # start the rollout, and roll back where no deployment can be stopped (always needed)
      "ecs:CreateService",          # create a service that is not there, from service-definition
      "ecs:ListServiceDeployments", # find a deployment that is in flight
    ]
    "service-deployment" = [
      "ecs:DescribeServiceDeployments", # watch the rollout; without it the service's own events are watched
      "ecs:StopServiceDeployment",      # roll back a rollout that is in flight
      "ecs:ContinueServiceDeployment",  # give the new version production traffic after it was proven by test traffic
    ]
    "service-revision" = [
      "ecs:DescribeServiceRevisions", # read what an earlier deployment ran
    ]
    "taggable" = [
      "ecs:TagResource",         # keep the tags of the task definition, and tag the one-off task
      "ecs:ListTagsForResource", # read the tags that are kept
    ]
    "task" = [
      "ecs:DescribeTasks", # read why a task stopped
      "ecs:StopTask",      # stop the one-off task of run-before when the run is cancelled
    ]
    "task-definition" = [
      "ecs:RegisterTaskDefinition", # register the new task definition (always needed)
      "ecs:RunTask",                # run the one-off task of run-before
    ]
    "task-roles" = [
      "iam:PassRole", # give the new task definition the roles of the one before (always needed)
    ]
    "tasks-of-cluster" = [
      "ecs:ListTasks", # find the tasks of the rollout that stopped
    ]
  }
}
