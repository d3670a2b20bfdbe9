# For the workflow live.yml alone: the smallest service, which is gone when the run ends.
terraform {
  required_version = ">= 1.10" # a lock for the state without a table
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  # Not an artifact: everybody may read those of a public repository, and a runner that dies leaves none, but
  # a service that goes on costing money.
  backend "s3" {
    key          = "slipway-live.tfstate"
    use_lockfile = true
  }
}

variable "repository" {
  description = "owner/name."
  type        = string
}

variable "owner_id" {
  type = number
}

variable "repository_id" {
  type = number
}

variable "ref" {
  description = "Ref of the run, which builds the image."
  type        = string
}

provider "aws" {
  default_tags {
    tags = { Stack = "slipway-live", ManagedBy = "terraform" }
  }
}

module "slipway" {
  source      = "../.."
  name        = "slipway"
  environment = "live"
  github = {
    repository    = var.repository
    owner_id      = var.owner_id
    repository_id = var.repository_id
    build_refs    = [var.ref]
    # The role of this workflow came in by it.
    create_provider = false
  }

  network  = { tasks = "public", nat = "none" }
  service  = { tasks = 1, min = 1, max = 2, drain = 5, log_days = 1 }
  registry = { delete_with_images = true }
  # A rollout is to end when ECS knows that it failed, not when alarms were watched for minutes.
  alarms = { rollback = false }
}

# One line each, for the outputs of a job.
output "slipway" {
  value = {
    for name in ["aws-region", "aws-role", "build-aws-role", "image", "cluster", "service", "container", "health-url"] :
    name => module.slipway[name]
  }
}

output "task-definition" {
  value = module.slipway.task-definition
}
