mock_provider "azurerm" {
  source = "./tests/mocks"
}

variables {
  subscription = "0b1f6471-0000-4dda-aec3-000000000003"
  project_name = "shop"
  github       = { repository = "octo-org/shop" }
  emails       = ["ops@example.com"]
  officers     = ["0b1f6471-1bf0-4dda-aec3-111122223333"]

  alone_in_subscription = false

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
    condition     = yamldecode(output.settings).resource-group == "shop-staging" && yamldecode(output.spec).properties.containers[0].properties.resources.requests.cpu == 0.5 && yamldecode(output.settings).location == "eastus"
    error_message = "the settings file is not that of staging"
  }
}

run "production" {
  module {
    source = "./examples/production"
  }
  assert {
    condition     = yamldecode(output.settings).resource-group == "shop-production" && yamldecode(output.spec).properties.containers[0].properties.resources.requests.cpu == 1
    error_message = "the settings file is not that of production"
  }
  assert {
    condition     = output.image == "therealready.azurecr.io/shop"
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
    condition     = output.slipway.resource-group == "slipway-live" && yamldecode(output.spec).name == "slipway-live"
    error_message = "the workflow gets the container group of something else"
  }
}
