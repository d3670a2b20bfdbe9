mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region      = "eu-central-1"
  name        = "shop"
  github      = { repository = "octo-org/shop" }
  emails      = ["ops@example.com"]
  domain      = "shop.example.com"
  certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"

  alone_in_account = false

  repository    = "octo-org/shop"
  owner_id      = 123456
  repository_id = 456789
  ref           = "refs/heads/main"
}

run "staging" {
  module {
    source = "./examples/staging"
  }
  assert {
    condition     = yamldecode(output.settings).cluster == "shop-staging" && yamldecode(output.settings).health-url == "http://shop-production-1234567890.eu-central-1.elb.amazonaws.com/health"
    error_message = "the settings file is not that of staging"
  }
}

run "production" {
  module {
    source = "./examples/production"
  }
  assert {
    condition     = yamldecode(output.settings).cluster == "shop-production" && yamldecode(output.settings).health-url == "https://shop.example.com/health"
    error_message = "the settings file is not that of production"
  }
  assert {
    condition     = output.slipway.image == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/there-already"
    error_message = "production does not take the images that staging proved"
  }
}

run "live" {
  module {
    source = "./examples/live"
  }
  assert {
    condition     = alltrue([for value in values(output.slipway) : can(regex("^\\S+$", value))])
    error_message = "the workflow gets a value that is not one word"
  }
  assert {
    condition     = yamldecode(output.task-definition).family == "slipway-live"
    error_message = "the workflow gets the task definition of something else"
  }
}
