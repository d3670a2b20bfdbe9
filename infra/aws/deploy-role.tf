# For deploy-ecs: exactly what it calls (deploy-permissions.tf), on this service alone as far as IAM can tell
# resources apart: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
locals {
  ecs     = "arn:${local.partition}:ecs:${local.region}:${local.account}"
  service = "${local.ecs}:service/${local.name}/${var.name}"

  # By kind of resource.
  deploy_scope = {
    "any"                = { resources = ["*"], condition = {} }
    "alarm"              = { resources = [for alarm in local.rollout_alarms : alarm.arn], condition = {} }
    "cluster"            = { resources = [aws_ecs_cluster.this.arn], condition = {} }
    "log-stream"         = { resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"], condition = {} }
    "repository"         = { resources = [local.repository.arn], condition = {} }
    "service"            = { resources = [local.service], condition = {} }
    "service-deployment" = { resources = [local.service, "${local.ecs}:service-deployment/${local.name}/${var.name}/*"], condition = {} }
    "service-revision"   = { resources = [local.service, "${local.ecs}:service-revision/${local.name}/${var.name}/*"], condition = {} }
    "task"               = { resources = ["${local.ecs}:task/${local.name}/*"], condition = {} }
    "task-definition"    = { resources = ["${local.ecs}:task-definition/${local.name}:*"], condition = {} }
    "taggable" = {
      resources = [local.service, "${local.ecs}:task/${local.name}/*", "${local.ecs}:task-definition/${local.name}:*"]
      condition = {}
    }
    # IAM has no resource for them, but knows the cluster.
    "tasks-of-cluster" = { resources = ["*"], condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } } }
    # Only to tasks, so that nobody gets these roles for anything else.
    "task-roles" = {
      resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]
      condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "${local.name}-deploy"
  description          = "Deploys ${var.github.repository} to ${var.environment}"
  assume_role_policy   = local.trust.deploy
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for kind, actions in local.deploy_permissions : merge(
        { Effect = "Allow", Action = actions, Resource = local.deploy_scope[kind].resources },
        length(local.deploy_scope[kind].condition) == 0 ? {} : { Condition = local.deploy_scope[kind].condition },
      )
    ]
  })
}
