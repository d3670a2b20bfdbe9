# A cheap environment: no NAT (tasks have a public address that nothing but the load balancer reaches), Fargate
# Spot, one task. About 30 USD a month, most of it the load balancer.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { Stack = "${var.name}-staging", Environment = "staging", ManagedBy = "terraform" }
  }
}

module "slipway" {
  source      = "../.."
  name        = var.name
  environment = "staging"
  github      = var.github

  network = { tasks = "public", nat = "none" }
  service = {
    tasks    = 1
    min      = 1
    max      = 2
    spot     = true
    exec     = true
    log_days = 7
  }
  registry = { delete_with_images = true }
  # ECS watches alarms for some minutes after each rollout: too slow for staging.
  alarms = { emails = var.emails, rollback = false }
  budget = length(var.emails) == 0 ? null : { usd = 50, emails = var.emails }
}
