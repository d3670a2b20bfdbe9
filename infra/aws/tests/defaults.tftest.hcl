# What somebody gets who chose nothing.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "shop"
  environment = "production"
  github      = { repository = "octo-org/shop" }
}

# Roles that can be told apart.
override_resource {
  target = aws_iam_role.execution
  values = { arn = "arn:aws:iam::123456789012:role/shop-production-execution" }
}
override_resource {
  target = aws_iam_role.task
  values = { arn = "arn:aws:iam::123456789012:role/shop-production-task" }
}

run "defaults" {
  # A rollout cannot leave the service broken.
  assert {
    condition     = aws_ecs_service.this.deployment_circuit_breaker[0].enable && aws_ecs_service.this.deployment_circuit_breaker[0].rollback
    error_message = "the circuit breaker does not end a rollout and roll it back"
  }
  assert {
    condition     = aws_ecs_service.this.deployment_minimum_healthy_percent == 100
    error_message = "a rollout may take away tasks that serve"
  }
  assert {
    condition     = aws_ecs_service.this.alarms[0].enable && aws_ecs_service.this.alarms[0].rollback
    error_message = "alarms do not end a rollout"
  }
  assert {
    condition     = toset(aws_ecs_service.this.alarms[0].alarm_names) == toset(["shop-production-errors", "shop-production-unanswered", "shop-production-unhealthy-blue", "shop-production-unhealthy-green"])
    error_message = "other alarms than those about errors, unanswered requests and unhealthy tasks end a rollout"
  }
  assert {
    condition     = alltrue([for alarm in concat([aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.unanswered], values(aws_cloudwatch_metric_alarm.unhealthy)) : alarm.treat_missing_data == "notBreaching"])
    error_message = "an alarm goes off when there was no error or nobody asked, and takes a good rollout back"
  }

  # The network.
  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.tasks.referenced_security_group_id == aws_security_group.load_balancer.id && aws_vpc_security_group_ingress_rule.tasks.from_port == 3000
    error_message = "something else than the load balancer reaches the tasks"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.load_balancer : "${rule.cidr_ipv4} ${rule.from_port}"]) == toset(["0.0.0.0/0 80", "0.0.0.0/0 8080"])
    error_message = "other ports than those of production and test are open"
  }
  assert {
    condition     = !aws_ecs_service.this.network_configuration[0].assign_public_ip && toset(aws_ecs_service.this.network_configuration[0].subnets) == toset([for subnet in aws_subnet.private : subnet.id])
    error_message = "tasks are not private"
  }
  assert {
    condition     = toset([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : "${subnet.availability_zone} ${subnet.cidr_block}"]) == toset(["eu-central-1a 10.0.0.0/20", "eu-central-1b 10.0.16.0/20", "eu-central-1a 10.0.128.0/20", "eu-central-1b 10.0.144.0/20"])
    error_message = "not one public and one private subnet in each of two zones"
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 2
    error_message = "not both zones leave through one NAT gateway"
  }
  assert {
    condition     = aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-central-1.s3" && length(aws_vpc_endpoint.this) == 0
    error_message = "there are other endpoints than the free one of Amazon S3"
  }

  # Blue/green.
  assert {
    condition     = toset([for group in aws_lb_target_group.this : "${group.name} ${group.health_check[0].path} ${group.port}"]) == toset(["shop-production-blue /health 3000", "shop-production-green /health 3000"])
    error_message = "there are not two target groups that ask /health on port 3000"
  }
  assert {
    condition     = toset([for name, listener in aws_lb_listener.this : "${name} ${listener.protocol} ${listener.port}"]) == toset(["production HTTP 80", "test HTTP 8080"])
    error_message = "not production on port 80 and test on port 8080"
  }
  assert {
    condition     = jsondecode(output.load-balancers)[0].advancedConfiguration.roleArn == aws_iam_role.traffic.arn && aws_iam_role_policy_attachment.traffic.policy_arn == "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
    error_message = "ECS has no role to move the traffic with"
  }

  # The first task.
  assert {
    condition     = jsondecode(aws_ecs_task_definition.first.container_definitions)[0].command[3] == "mkdir -p /www && echo 'Nothing was deployed yet.' > /www/health && exec busybox httpd -f -p 3000 -h /www"
    error_message = "the first task does not answer /health on port 3000"
  }

  # The registry.
  assert {
    condition     = aws_ecr_repository.this[0].image_scanning_configuration[0].scan_on_push && aws_ecr_repository.this[0].encryption_configuration[0].encryption_type == "AES256" && aws_ecr_repository.this[0].image_tag_mutability == "MUTABLE" && !aws_ecr_repository.this[0].force_delete
    error_message = "images are not scanned, or not encrypted, or their tags cannot move, or a destroy deletes them"
  }
  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this[0].policy).rules[0].selection == { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
    error_message = "not the newest 30 images are kept"
  }

  # Trust: this environment deploys, this branch builds, nobody else.
  assert {
    condition = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = ["repo:octo-org/shop:environment:production"]
      } }
    }]
    error_message = "somebody else than environment production of octo-org/shop may deploy, or it may not"
  }
  assert {
    condition = jsondecode(aws_iam_role.build.assume_role_policy).Statement[0].Condition == { StringEquals = {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = ["repo:octo-org/shop:ref:refs/heads/main"]
    } }
    error_message = "something else than main of octo-org/shop may build, or it may not"
  }
  assert {
    condition     = aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "GitHub is not an identity provider for sts.amazonaws.com"
  }

  # Rights: what is in the list, and only where it is needed.
  assert {
    condition     = toset(flatten(jsondecode(aws_iam_role_policy.deploy.policy).Statement[*].Action)) == setsubtract(keys(local.deploy_permissions), ["ecs:CreateService", "ecs:DeleteService"])
    error_message = "the deploy role may do more or less than deploy-ecs calls for a service that is there"
  }
  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement : statement if contains(statement.Action, "iam:PassRole")] == [{
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = ["arn:aws:iam::123456789012:role/shop-production-execution", "arn:aws:iam::123456789012:role/shop-production-task"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }]
    error_message = "the deploy role may pass other roles than the two of a task, or not to tasks alone"
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      length(setintersection(statement.Action, ["ecs:UpdateService", "ecs:StopServiceDeployment", "ecs:RunTask", "ecs:StopTask", "ecs:RegisterTaskDefinition"])) == 0 || !contains(statement.Resource, "*")
    ])
    error_message = "the deploy role may change other services than this one"
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement : statement.Resource if contains(statement.Action, "ecs:UpdateService")] == [["arn:aws:ecs:eu-central-1:123456789012:service/shop-production/shop"]]
    error_message = "the deploy role may not deploy the service, or others too"
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.build.policy).Statement : statement.Resource == "arn:aws:ecr:eu-central-1:123456789012:repository/shop" if statement.Resource != "*" || statement.Action != ["ecr:GetAuthorizationToken"]])
    error_message = "the build role may push elsewhere"
  }
  assert {
    condition     = length(jsondecode(aws_iam_role_policy.execution.policy).Statement) == 3 && length(aws_iam_role_policy.exec) == 0
    error_message = "tasks may read secrets or be entered, and nobody chose it"
  }

  # Autoscaling, logs, costs.
  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 10 && aws_appautoscaling_policy.cpu.target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "autoscaling is not from 2 to 10 tasks at 60 % of the CPU"
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "logs are not kept for 30 days"
  }
  assert {
    condition     = aws_ecs_service.this.propagate_tags == "SERVICE"
    error_message = "tasks do not carry the tags of the service, so their costs cannot be told apart"
  }
  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "disabled" && length(aws_budgets_budget.this) == 0 && length(aws_sns_topic.alarms) == 0
    error_message = "something that costs money or needs an address is there, and nobody chose it"
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 7
    error_message = "the dashboard lacks a chart"
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[3].properties.metrics) == 4 && jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[3].properties.metrics[0] == ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", "targetgroup/mocked/73e2d6bc24d8a067", "LoadBalancer", "app/shop-production/50dc6c495c0c9188", { label = "HealthyHostCount blue" }]
    error_message = "the dashboard does not show healthy tasks in the form of CloudWatch"
  }

  # What a workflow is told.
  assert {
    condition = yamldecode(output.settings) == {
      aws-region      = "eu-central-1"
      aws-role        = aws_iam_role.deploy.arn
      cluster         = "shop-production"
      container       = "app"
      health-url      = "http://shop-production-1234567890.eu-central-1.elb.amazonaws.com/health"
      service         = "shop"
      task-definition = "deploy/production.task.yml"
    }
    error_message = "the settings file is not what deploy-ecs needs"
  }
  assert {
    condition     = output.test-url == "http://shop-production-1234567890.eu-central-1.elb.amazonaws.com:8080/health"
    error_message = "the test listener is asked elsewhere"
  }
  assert {
    condition = (
      !contains(keys(yamldecode(output.task-definition).containerDefinitions[0]), "command") &&
      yamldecode(output.task-definition).containerDefinitions[0].image == output.image
    )
    error_message = "the app would run the command of the first task, or another image"
  }
}

run "applied_again" {
  variables {
    service = { tasks = 5, cpu = 512, memory = 1024 }
  }

  assert {
    condition     = aws_ecs_task_definition.first.cpu == "512" && aws_ecs_service.this.desired_count == 2
    error_message = "an apply takes back what autoscaling or a deployment did"
  }
}
