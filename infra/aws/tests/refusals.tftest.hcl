# Bad input is refused before anything is made. Each run has one thing wrong in each
# of several variables; one that looks at another is only asked where that one is right.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name        = "shop"
  environment = "production"
  github      = { repository = "octo-org/shop" }
}

run "first" {
  command = plan
  variables {
    name     = "Shop"
    github   = { repository = "shop" }
    network  = { cidr = "10.0.0.0/24" }
    ingress  = { from = ["everywhere"] }
    registry = { name = "Team/Shop" }
    alarms   = { emails = ["ops"] }
    budget   = { usd = 0, emails = ["ops@example.com"] }
    service  = { cpu = 256, memory = 8192 }
  }
  expect_failures = [var.name, var.github, var.network, var.ingress, var.registry, var.alarms, var.budget, var.service]
}

run "second" {
  command = plan
  variables {
    environment = "prod/eu"
    github      = { repository = "octo-org/shop", owner_id = 123456 }
    network     = { nat = "two" }
    ingress     = { certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d" }
    registry    = { keep = 0 }
    alarms      = { errors_percent = 0 }
    budget      = { usd = 50, emails = [] }
    service     = { health_path = "/health; reboot" }
  }
  expect_failures = [var.environment, var.github, var.network, var.ingress, var.registry, var.alarms, var.budget, var.service]
}

run "third" {
  command = plan
  variables {
    environment = "a-much-longer-name-one"
    github      = { repository = "octo-org/shop", trust_names = false }
    network     = { tasks = "private", nat = "none" }
    ingress     = { domain = "shop.example.com" }
    registry    = { kms_key = "alias/shop" }
    budget      = { usd = 50, emails = ["ops@example.com"], tag = "Stack" }
    service     = { tasks = 11 }
  }
  expect_failures = [var.environment, var.github, var.network, var.ingress, var.registry, var.budget, var.service]
}

run "fourth" {
  command = plan
  variables {
    github  = { repository = "octo-org/shop", build_refs = ["refs/heads/*"] }
    network = { zones = ["eu-central-1a"] }
    ingress = { zone_id = "Z0123456789" }
    service = { log_days = 31 }
  }
  expect_failures = [var.github, var.network, var.ingress, var.service]
}

run "fifth" {
  command = plan
  variables {
    github  = { repository = "octo-org/shop", issuer = "http://ghes.example.com" }
    network = { endpoints = ["s3", "ecr"] }
    ingress = { certificate = "shop", domain = "shop.example.com" }
    service = { secrets = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"] }
  }
  expect_failures = [var.github, var.network, var.ingress, var.service]
}

run "sixth" {
  command = plan
  variables {
    network = { tasks = "hidden" }
    service = { start_command = ["serve"] }
  }
  expect_failures = [var.network, var.service]
}

# Neither of the two is wrong alone.
run "first_image_out_of_reach" {
  command = plan
  variables {
    network = { tasks = "private", nat = "none", endpoints = ["ecr.api", "ecr.dkr", "logs"] }
  }
  expect_failures = [aws_ecs_task_definition.first]
}
