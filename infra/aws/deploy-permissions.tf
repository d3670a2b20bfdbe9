# Generated from actions/deploy-ecs/src/api/permissions.json by `make generate`.

# What deploy-ecs calls, and the kinds of resources that IAM checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
    "ecs:DescribeServices"                       = ["service"]                       # to see what serves and, where nothing better is allowed, how the rollout is getting on (always needed)
    "ecs:CreateService"                          = ["service"]                       # to create the service from a file when there is none
    "ecs:UpdateService"                          = ["service"]                       # to start the rollout, and to go back to the revision before (always needed)
    "ecs:DeleteService"                          = ["service"]                       # to take back a service that this deployment has created
    "ecs:DescribeTaskDefinition"                 = ["*"]                             # to read what runs now, and what the new revision starts from (always needed)
    "ecs:RegisterTaskDefinition"                 = ["task-definition"]               # to register the revision with the new image (always needed)
    "ecs:TagResource"                            = ["task-definition", "service"]    # to keep the tags of the task definition and the service
    "iam:PassRole"                               = ["role"]                          # to give the task its roles, and ECS those of the service (always needed)
    "ecs:DescribeServiceDeployments"             = ["service", "service-deployment"] # to see state, reason, traffic and alarms of the rollout as ECS does
    "ecs:DescribeServiceRevisions"               = ["service", "service-revision"]   # to know which task definition a revision of the service has
    "ecs:StopServiceDeployment"                  = ["service", "service-deployment"] # to roll back a deployment that is in flight
    "ecs:ContinueServiceDeployment"              = ["service", "service-deployment"] # to let production traffic follow once the proof of the test traffic holds
    "ecs:ListTasks"                              = ["*"]                             # to find the tasks that stopped, and why
    "ecs:DescribeTasks"                          = ["task"]                          # to read exit codes and reasons of tasks, and how the task of `run-before` ended
    "ecs:RunTask"                                = ["task-definition"]               # to run the one-off task of `run-before`
    "ecs:StopTask"                               = ["task"]                          # to end the task of `run-before` when the job is cancelled or its time is up
    "ecs:ListTaskDefinitions"                    = ["*"]                             # to find old revisions
    "ecs:DeregisterTaskDefinition"               = ["*"]                             # to deregister old revisions
    "logs:GetLogEvents"                          = ["log-stream"]                    # to show the last log lines of a container that failed, and those of `run-before`
    "elasticloadbalancing:DescribeTargetHealth"  = ["*"]                             # to show why the load balancer calls a task unhealthy
    "elasticloadbalancing:DescribeTargetGroups"  = ["*"]                             # to find the load balancer whose address is asked
    "elasticloadbalancing:DescribeLoadBalancers" = ["*"]                             # to know the address of the load balancer
    "elasticloadbalancing:DescribeListeners"     = ["*"]                             # to know port and protocol of the load balancer
    "ecr:GetAuthorizationToken"                  = ["*"]                             # to log in to ECR, for an image there
    "ecr:BatchGetImage"                          = ["repository"]                    # to resolve a tag of an image in ECR to its digest
    "ecr:GetDownloadUrlForLayer"                 = ["repository"]                    # to read the platform of an image in ECR
  }
}
