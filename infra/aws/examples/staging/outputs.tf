# What the workflow needs: see the README of the module.
output "slipway" {
  value = module.slipway
}

output "settings" {
  value = module.slipway.settings
}

output "task-definition" {
  value = module.slipway.task-definition
}

output "load-balancers" {
  value = module.slipway.load-balancers
}
