# The first ones have the names of the inputs of deploy-ecs and of ship-ecs.yml that take them.
output "aws-region" {
  value = local.region
}

output "aws-role" {
  description = "Role of the deploy job."
  value       = aws_iam_role.deploy.arn
}

output "cluster" {
  value = aws_ecs_cluster.this.name
}

output "service" {
  value = aws_ecs_service.this.name
}

output "container" {
  value = var.service.container
}

output "health-url" {
  value = local.url.production
}

output "test-url" {
  description = "Where the next version answers before it gets production traffic (strategies blue-green, canary and linear)."
  value       = local.url.test
}

output "image" {
  description = "Input `image` of ship-ecs.yml: the repository, without tag."
  value       = local.repository.repository_url
}

output "build-aws-role" {
  description = "Input `build-aws-role` of ship-ecs.yml, and `aws-role` of build-push."
  value       = aws_iam_role.build.arn
}

output "settings" {
  description = "Settings file of deploy-ecs: terraform output -raw settings > deploy/ENVIRONMENT.yml"
  value = yamlencode({
    cluster         = aws_ecs_cluster.this.name
    service         = aws_ecs_service.this.name
    container       = var.service.container
    task-definition = "deploy/${var.environment}.task.yml"
    aws-role        = aws_iam_role.deploy.arn
    aws-region      = local.region
    health-url      = local.url.production
  })
}

output "task-definition" {
  description = "Input `task-definition` of deploy-ecs: terraform output -raw task-definition > deploy/ENVIRONMENT.task.yml"
  value       = yamlencode(merge(local.task, { containerDefinitions = [merge(local.container, { image = local.repository.repository_url })] }))
}

output "load-balancers" {
  description = "For `aws ecs update-service --load-balancers`, once, before the first blue/green, canary or linear deployment."
  value = jsonencode([{
    targetGroupArn = aws_lb_target_group.this["blue"].arn
    containerName  = var.service.container
    containerPort  = var.service.port
    advancedConfiguration = {
      alternateTargetGroupArn = aws_lb_target_group.this["green"].arn
      productionListenerRule  = aws_lb_listener_rule.this["production"].arn
      testListenerRule        = aws_lb_listener_rule.this["test"].arn
      roleArn                 = aws_iam_role.traffic.arn
    }
  }])
}

output "dns-name" {
  description = "Where the record of the domain has to lead, if it is yours to make."
  value       = aws_lb.this.dns_name
}

output "task-role" {
  description = "Name of the role that the app has, for policies of your own."
  value       = aws_iam_role.task.name
}

output "task-security-group" {
  description = "For rules of your own."
  value       = aws_security_group.tasks.id
}

output "vpc" {
  value = aws_vpc.this.id
}

output "private-subnets" {
  description = "For a database."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

locals {
  host = coalesce(var.ingress.domain, aws_lb.this.dns_name)
  url = {
    for name, listener in local.listeners : name => join("", [
      local.https ? "https://" : "http://",
      local.host,
      contains([80, 443], listener.port) ? "" : ":${listener.port}",
      var.service.health_path,
    ])
  }
}
