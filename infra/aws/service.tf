resource "aws_ecs_cluster" "this" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = var.service.insights
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${local.name}"
  retention_in_days = var.service.log_days
}

resource "aws_security_group" "tasks" {
  name        = "${local.name}-tasks"
  description = "What reaches the tasks: the load balancer alone"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${local.name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "tasks" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "from the load balancer"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = var.service.port
  to_port                      = var.service.port
}

# The output task-security-group takes further rules, such as one for a mail server.
resource "aws_vpc_security_group_egress_rule" "tasks" {
  for_each = {
    network = { range = var.network.cidr, protocol = "-1", port = null }
    https   = { range = "0.0.0.0/0", protocol = "tcp", port = 443 }
  }
  security_group_id = aws_security_group.tasks.id
  description       = "to ${each.key}"
  cidr_ipv4         = each.value.range
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_ecs_service" "this" {
  name                              = var.name
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.first.arn
  desired_count                     = var.service.tasks
  health_check_grace_period_seconds = 30
  enable_execute_command            = var.service.exec
  availability_zone_rebalancing     = "ENABLED"
  # Tasks carry the tags of the service, so that their costs can be told apart.
  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true

  # Never fewer than there were.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    alarm_names = [for alarm in local.rollout_alarms : alarm.alarm_name]
    enable      = var.alarms.rollback
    rollback    = var.alarms.rollback
  }

  capacity_provider_strategy {
    capacity_provider = var.service.spot ? "FARGATE_SPOT" : "FARGATE"
    weight            = 1
  }

  network_configuration {
    subnets          = local.task_subnets
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = var.network.tasks == "public"
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this["blue"].arn
    container_name   = var.service.container
    container_port   = var.service.port
  }

  lifecycle {
    # Deployments own the task definition and how traffic moves, autoscaling owns the number of tasks.
    ignore_changes = [task_definition, desired_count, load_balancer]
  }

  depends_on = [
    aws_ecs_cluster_capacity_providers.this,
    aws_iam_role_policy.execution,
    aws_lb_listener_rule.this,
    aws_route.internet,
    aws_route.nat,
    aws_vpc_endpoint.s3,
    aws_vpc_endpoint.this,
  ]
}
