# Bad input is refused before anything is made. Each run has one thing wrong in each
# of several variables; one that looks at another is only asked where that one is right.
mock_provider "azurerm" {
  source = "./tests/mocks"
}

variables {
  project_name = "shop"
  environment  = "production"
  github       = { repository = "octo-org/shop" }
}

run "first" {
  command = plan
  variables {
    environment     = "prod/eu"
    location        = "East US;"
    cloud           = "germany"
    tags            = { "a/b" = "c" }
    github          = { repository = "shop" }
    resource_group  = { name = "shop." }
    registry        = { name = "octo-shop" }
    vault           = { name = "octo--shop" }
    container_group = { name = "Shop", dns_label = "octo-shop" }
    logs            = { workspace_id = "shop" }
    budget          = { amount = 0, emails = ["ops@example.com"] }
  }
  expect_failures = [var.environment, var.location, var.cloud, var.tags, var.github, var.resource_group, var.registry, var.vault, var.container_group, var.logs, var.budget]
}

run "second" {
  command = plan
  variables {
    project_name    = "Shop"
    github          = { repository = "octo-org/shop", owner_id = 123456 }
    registry        = { sku = "Free" }
    vault           = { officers = ["ops@example.com"] }
    container_group = { port = 22, dns_label = "octo-shop" }
    logs            = { days = 7 }
    budget          = { amount = 50, emails = [] }
  }
  expect_failures = [var.project_name, var.github, var.registry, var.vault, var.container_group, var.logs, var.budget]
}

run "third" {
  command = plan
  variables {
    github          = { repository = "octo-org/shop", trust_names = false }
    registry        = { sku = "Standard", untagged_days = 30 }
    vault           = { soft_delete_days = 6 }
    container_group = { cpu = 0.005 }
    logs            = { create = true, workspace_id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/logs" }
  }
  expect_failures = [var.github, var.registry, var.vault, var.container_group, var.logs]
}

run "fourth" {
  command = plan
  variables {
    github          = { repository = "octo-org/shop", build_refs = ["refs/tags/v*"] }
    registry        = { sku = "Premium", untagged_days = 366 }
    container_group = { memory = 1.55 }
    logs            = { daily_gb = 0 }
  }
  expect_failures = [var.github, var.registry, var.container_group, var.logs]
}

run "fifth" {
  command = plan
  variables {
    github          = { repository = "octo-org/shop", owner_id = 123456, repository_id = 456789, build_refs = [for index in range(11) : "refs/heads/release-${index}"] }
    registry        = { resource_group = "shared" }
    container_group = { subnet_id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net/subnets/aci", dns_label = "octo-shop" }
  }
  expect_failures = [var.github, var.registry, var.container_group]
}

run "sixth" {
  command = plan
  variables {
    github          = { repository = "octo-org/shop", issuer = "http://ghes.example.com" }
    container_group = { dns_scope = "Mine" }
  }
  expect_failures = [var.github, var.container_group]
}

run "seventh" {
  command = plan
  variables {
    github          = { repository = "octo-org/shop", build_environments = ["a/b"] }
    container_group = { health_path = "/health; reboot" }
  }
  expect_failures = [var.github, var.container_group]
}

run "eighth" {
  command = plan
  variables {
    container_group = { start_command = ["serve"] }
  }
  expect_failures = [var.container_group]
}

run "ninth" {
  command = plan
  variables {
    container_group = { container = "My_App" }
  }
  expect_failures = [var.container_group]
}

run "tenth" {
  command = plan
  variables {
    container_group = { subnet_id = "aci" }
  }
  expect_failures = [var.container_group]
}

run "eleventh" {
  command = plan
  variables {
    container_group = { start_image = "shop latest" }
  }
  expect_failures = [var.container_group]
}

run "twelfth" {
  command = plan
  variables {
    container_group = { port = 0 }
  }
  expect_failures = [var.container_group]
}

run "label_made_of_short_names" {
  command = plan
  variables {
    container_group = { dns_label = "shop" }
  }
  expect_failures = [var.container_group]
}

run "asking_what_nobody_reaches" {
  command = plan
  variables {
    container_group = { create = false }
    logs            = { create = true }
    alerts          = { ask = true }
  }
  expect_failures = [var.alerts]
}

run "nobody_to_tell" {
  command = plan
  variables {
    alerts = { emails = ["ops"] }
  }
  expect_failures = [var.alerts]
}

run "never_too_much" {
  command = plan
  variables {
    alerts = { memory_percent = 101 }
  }
  expect_failures = [var.alerts]
}

run "asked_from_one_place" {
  command = plan
  variables {
    alerts = { ask_from = ["us-va-ash-azr"] }
  }
  expect_failures = [var.alerts]
}

run "asking_without_a_workspace" {
  command = plan
  variables {
    alerts = { ask = true }
  }
  expect_failures = [var.alerts]
}

run "logs_of_containers_to_nowhere" {
  command = plan
  variables {
    logs = { containers = true }
  }
  expect_failures = [var.logs]
}
