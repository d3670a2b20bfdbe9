# For deploy-ecs: exactly what it calls (deploy-permissions.tf), on this service alone as far as IAM can tell
# resources apart: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
locals {
  ecs     = "arn:${local.partition}:ecs:${local.region}:${local.account}"
  service = "${local.ecs}:service/${local.name}/${var.name}"

  # By kind of resource.
  deploy_scope = {
    "*"                  = ["*"]
    "service"            = [local.service]
    "service-deployment" = ["${local.ecs}:service-deployment/${local.name}/${var.name}/*"]
    "service-revision"   = ["${local.ecs}:service-revision/${local.name}/${var.name}/*"]
    "task"               = ["${local.ecs}:task/${local.name}/*"]
    "task-definition"    = ["${local.ecs}:task-definition/${local.name}:*"]
    "role"               = [aws_iam_role.execution.arn, aws_iam_role.task.arn]
    "log-stream"         = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
    "repository"         = [local.repository.arn]
  }
  deploy_conditions = {
    # Only to tasks, so that nobody gets these roles for anything else.
    "iam:PassRole" = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    # IAM has no resource for it, but knows the cluster.
    "ecs:ListTasks" = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
  }
  # Terraform has made the service; who deploys to it need not be able to delete it.
  deploy_without = var.github.may_create_service ? [] : ["ecs:CreateService", "ecs:DeleteService"]
  # Actions with the same scope share a statement.
  deploy_statements = {
    for action, kinds in local.deploy_permissions :
    contains(keys(local.deploy_conditions), action) ? action : join(" ", sort(kinds)) => action...
    if !contains(local.deploy_without, action)
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
      for actions in values(local.deploy_statements) : merge(
        {
          Effect   = "Allow"
          Action   = actions
          Resource = distinct(flatten([for kind in local.deploy_permissions[actions[0]] : local.deploy_scope[kind]]))
        },
        contains(keys(local.deploy_conditions), actions[0]) ? { Condition = local.deploy_conditions[actions[0]] } : {},
      )
    ]
  })
}
