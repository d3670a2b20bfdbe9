# Each choice changes what it says.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "shop"
  environment = "production"
}

run "cheap" {
  variables {
    github = {
      repository      = "octo-org/shop"
      owner_id        = 123456
      repository_id   = 456789
      build_refs      = ["refs/heads/main", "refs/tags/v*"]
      create_provider = false

      may_create_service = true
    }
    network  = { tasks = "public", nat = "one", cidr = "192.168.0.0/22", zones = ["eu-central-1b", "eu-central-1c"] }
    service  = { port = 8080, health_path = "/", spot = true, exec = true, insights = "enhanced", architecture = "ARM64", cpu = 1024, memory = 2048, log_days = 7, tasks = 3, min = 1, max = 4, cpu_target = 40, secrets = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db-AbCdEf", "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/key"] }
    registry = { create = false, name = "team/shop" }
    alarms   = { rollback = false, errors_percent = 1, emails = ["ops@example.com", "lead@example.com"] }
    budget   = { usd = 50, emails = ["ops@example.com"], tag = "Stack=shop-production" }
  }

  assert {
    condition = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:octo-org/shop:environment:production",
      "repo:octo-org@123456/shop@456789:environment:production",
    ]
    error_message = "a token with the numbers of the repository, or one without, may not deploy"
  }
  assert {
    condition = jsondecode(aws_iam_role.build.assume_role_policy).Statement[0].Condition == {
      StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      StringLike = { "token.actions.githubusercontent.com:sub" = [
        "repo:octo-org/shop:ref:refs/heads/main",
        "repo:octo-org/shop:ref:refs/tags/v*",
        "repo:octo-org@123456/shop@456789:ref:refs/heads/main",
        "repo:octo-org@123456/shop@456789:ref:refs/tags/v*",
      ] }
    }
    error_message = "main and tags of versions may not build, or others may"
  }
  assert {
    condition     = toset(flatten(jsondecode(aws_iam_role_policy.deploy.policy).Statement[*].Action)) == toset(keys(local.deploy_permissions))
    error_message = "the deploy role may do more or less than deploy-permissions.tf says"
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/there-already"
    error_message = "the provider that is there already is not used"
  }
  assert {
    condition     = aws_ecs_service.this.network_configuration[0].assign_public_ip && toset(aws_ecs_service.this.network_configuration[0].subnets) == toset([for subnet in aws_subnet.public : subnet.id])
    error_message = "tasks are not public"
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0
    error_message = "public tasks pay for a NAT gateway"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.tasks.cidr_ipv6 == null
    error_message = "public tasks are reached by others than the load balancer"
  }
  assert {
    condition     = toset([for subnet in aws_subnet.public : "${subnet.availability_zone} ${subnet.cidr_block}"]) == toset(["eu-central-1b 192.168.0.0/26", "eu-central-1c 192.168.0.64/26"])
    error_message = "not the chosen zones and addresses"
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.first.container_definitions)[0].command[3] == "mkdir -p /www && echo 'Nothing was deployed yet.' > /www/index.html && exec busybox httpd -f -p 8080 -h /www"
    error_message = "the first task does not answer / on port 8080"
  }
  assert {
    condition     = one(aws_ecs_service.this.capacity_provider_strategy).capacity_provider == "FARGATE_SPOT"
    error_message = "spot does not choose Fargate Spot"
  }
  assert {
    condition     = aws_ecs_service.this.enable_execute_command && length(aws_iam_role_policy.exec) == 1
    error_message = "exec does not open a shell in a task"
  }
  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "enhanced"
    error_message = "insights are not enhanced"
  }
  assert {
    condition     = aws_ecs_task_definition.first.runtime_platform[0].cpu_architecture == "ARM64" && aws_ecs_task_definition.first.cpu == "1024" && aws_ecs_task_definition.first.memory == "2048"
    error_message = "the task has another size"
  }
  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 1 && aws_appautoscaling_target.this.max_capacity == 4 && aws_appautoscaling_policy.cpu.target_tracking_scaling_policy_configuration[0].target_value == 40
    error_message = "autoscaling is not from 1 to 4 tasks at 40 % of the CPU"
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : "${join(",", statement.Action)} ${join(",", flatten([statement.Resource]))}" if length(setintersection(statement.Action, ["secretsmanager:GetSecretValue", "ssm:GetParameters"])) > 0] == ["secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db-AbCdEf", "ssm:GetParameters arn:aws:ssm:eu-central-1:123456789012:parameter/shop/key"]
    error_message = "tasks may read other secrets than the two"
  }
  assert {
    condition     = length(aws_ecr_repository.this) == 0 && length(aws_ecr_lifecycle_policy.this) == 0 && output.image == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/there-already"
    error_message = "the repository that is there already is not used"
  }
  assert {
    condition     = !aws_ecs_service.this.alarms[0].enable && !aws_ecs_service.this.alarms[0].rollback
    error_message = "alarms end a rollout, which was not chosen"
  }
  assert {
    condition     = length(aws_sns_topic_subscription.alarms) == 2 && aws_cloudwatch_metric_alarm.errors.threshold == 1
    error_message = "not both addresses hear of alarms, or too late"
  }
  assert {
    condition     = alltrue([for alarm in concat([aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.unanswered, aws_cloudwatch_metric_alarm.cpu], values(aws_cloudwatch_metric_alarm.unhealthy)) : alarm.alarm_actions == toset([aws_sns_topic.alarms[0].arn])])
    error_message = "an alarm tells nobody"
  }
  assert {
    condition     = aws_budgets_budget.this[0].limit_amount == "50" && length(aws_budgets_budget.this[0].notification) == 2 && one(aws_budgets_budget.this[0].cost_filter).values == tolist(["user:Stack$shop-production"])
    error_message = "nobody hears that 50 USD are spent on the stack"
  }
}

run "safe" {
  variables {
    github   = { repository = "octo-org/shop", owner_id = 123456, repository_id = 456789, trust_names = false, issuer = "https://ghes.example.com/_services/token" }
    network  = { tasks = "private", nat = "per-zone", endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"] }
    ingress  = { from = ["203.0.113.0/24"], test_from = ["198.51.100.7/32"], certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d", domain = "shop.example.com", zone_id = "Z0123456789", deletion_protection = true }
    registry = { immutable = true, keep = 7, kms_key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d", delete_with_images = true }
    service  = { start_image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:first" }
  }

  assert {
    condition     = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals == { "ghes.example.com/_services/token:aud" = "sts.amazonaws.com", "ghes.example.com/_services/token:sub" = ["repo:octo-org@123456/shop@456789:environment:production"] }
    error_message = "a token without the numbers is trusted, or one of another issuer"
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 2 && alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "a zone leaves through the gateway of the other one"
  }
  assert {
    condition     = toset([for endpoint in aws_vpc_endpoint.this : endpoint.service_name]) == toset([for service in ["ecr.api", "ecr.dkr", "logs", "secretsmanager"] : "com.amazonaws.eu-central-1.${service}"]) && alltrue([for endpoint in aws_vpc_endpoint.this : endpoint.private_dns_enabled])
    error_message = "not the chosen services are reached without the internet"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints[0].referenced_security_group_id == aws_security_group.tasks.id
    error_message = "tasks do not reach the endpoints, or others do"
  }
  assert {
    condition     = toset([for name, listener in aws_lb_listener.this : "${name} ${listener.protocol} ${listener.port} ${listener.certificate_arn}"]) == toset(["production HTTPS 443 arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d", "test HTTPS 8443 arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"])
    error_message = "production or test is not served by HTTPS"
  }
  assert {
    condition     = alltrue([for listener in aws_lb_listener.this : listener.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"])
    error_message = "old versions of TLS are spoken"
  }
  assert {
    condition     = aws_lb_listener.redirect[0].default_action[0].redirect[0].status_code == "HTTP_301" && aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "HTTP does not lead to HTTPS"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.load_balancer : "${rule.cidr_ipv4} ${rule.from_port}"]) == toset(["203.0.113.0/24 80", "203.0.113.0/24 443", "198.51.100.7/32 8443"])
    error_message = "others than the chosen addresses reach the app or its next version"
  }
  assert {
    condition     = output.health-url == "https://shop.example.com/health" && output.test-url == "https://shop.example.com:8443/health" && aws_route53_record.this[0].name == "shop.example.com"
    error_message = "the app is not asked by the name of its certificate"
  }
  assert {
    condition     = aws_lb.this.enable_deletion_protection
    error_message = "a destroy takes the load balancer away"
  }
  assert {
    condition     = aws_ecr_repository.this[0].image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.this[0].encryption_configuration[0].kms_key == "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" && aws_ecr_repository.this[0].force_delete
    error_message = "tags move, or the key is another one, or a destroy fails"
  }
  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this[0].policy).rules[0].selection.countNumber == 7
    error_message = "not 7 images are kept"
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.first.container_definitions)[0].image == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:first" && !contains(keys(jsondecode(aws_ecs_task_definition.first.container_definitions)[0]), "command")
    error_message = "the first image does not run with its own command"
  }
}

run "without_the_internet" {
  command = plan
  variables {
    github  = { repository = "octo-org/shop" }
    network = { tasks = "private", nat = "none", endpoints = ["ecr.api", "ecr.dkr", "logs"] }
    service = { start_image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:first" }
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0 && length(aws_vpc_endpoint.this) == 3
    error_message = "tasks reach the internet, or not what they need to start"
  }
}
