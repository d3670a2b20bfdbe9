# What the service runs until the first deployment (docs/decisions/0057), and what a deployment starts from.
locals {
  task = {
    family                  = local.name
    cpu                     = tostring(var.service.cpu)
    memory                  = tostring(var.service.memory)
    networkMode             = "awsvpc"
    requiresCompatibilities = ["FARGATE"]
    runtimePlatform         = { cpuArchitecture = var.service.architecture, operatingSystemFamily = "LINUX" }
    executionRoleArn        = aws_iam_role.execution.arn
    taskRoleArn             = aws_iam_role.task.arn
  }
  container = {
    name            = var.service.container
    essential       = true
    portMappings    = [{ name = "http", containerPort = var.service.port, hostPort = var.service.port, protocol = "tcp", appProtocol = "http" }]
    environment     = [{ name = "PORT", value = tostring(var.service.port) }]
    linuxParameters = { initProcessEnabled = true }
    stopTimeout     = 30
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = var.service.container
      }
    }
  }

  # It answers the health check and nothing else. No image of an app has a busybox that serves HTTP, so what
  # is deployed with this command by mistake does not start, and its rollout is taken back.
  page        = "/www${var.service.health_path}${endswith(var.service.health_path, "/") ? "index.html" : ""}"
  placeholder = "mkdir -p ${dirname(local.page)} && echo 'Nothing was deployed yet.' > ${local.page} && exec busybox httpd -f -p ${var.service.port} -h /www"
  start = var.service.start_image == null ? {
    image   = "public.ecr.aws/docker/library/busybox:1.37"
    command = ["busybox", "sh", "-c", local.placeholder]
    } : {
    image   = var.service.start_image
    command = var.service.start_command
  }
}

resource "aws_ecs_task_definition" "first" {
  family                   = local.task.family
  cpu                      = local.task.cpu
  memory                   = local.task.memory
  network_mode             = local.task.networkMode
  requires_compatibilities = local.task.requiresCompatibilities
  execution_role_arn       = local.task.executionRoleArn
  task_role_arn            = local.task.taskRoleArn
  # Deployments may go back to it, also when a later apply makes another one.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = local.task.runtimePlatform.cpuArchitecture
    operating_system_family = local.task.runtimePlatform.operatingSystemFamily
  }

  container_definitions = jsonencode([
    merge(local.container, { image = local.start.image }, local.start.command == null ? {} : { command = local.start.command }),
  ])

  lifecycle {
    precondition {
      condition     = var.network.tasks == "public" || var.network.nat != "none" || can(regex("\\.dkr\\.ecr\\.", local.start.image))
      error_message = "service.start_image: private tasks without NAT reach no public registry; name an image in a private Amazon ECR. Example: start_image = \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:first\""
    }
  }
}
