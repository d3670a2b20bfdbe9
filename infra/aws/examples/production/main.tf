# Outlives the loss of a zone: private tasks in two zones, each with a NAT gateway of its own; HTTPS. About
# 210 USD a month before traffic, most of it NAT, endpoints and tasks.
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
    tags = { Stack = "${var.name}-production", Environment = "production", ManagedBy = "terraform" }
  }
}

module "slipway" {
  source      = "../.."
  name        = var.name
  environment = "production"
  # Staging in the same account made the provider already.
  github = merge(var.github, { create_provider = var.alone_in_account })

  network = {
    tasks     = "private"
    nat       = "per-zone"
    endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }
  ingress = {
    certificate         = var.certificate
    domain              = var.domain
    zone_id             = var.zone_id
    deletion_protection = true
  }
  service = {
    cpu      = 512
    memory   = 1024
    tasks    = 3
    min      = 3
    max      = 12
    insights = "enhanced"
    log_days = 365
  }
  # The images that staging proved are promoted by their digest, within one repository.
  registry = { create = var.alone_in_account }
  alarms   = { emails = var.emails, errors_percent = 2 }
  budget   = { usd = 300, emails = var.emails }
}
