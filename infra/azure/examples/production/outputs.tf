# What the workflow needs: see the README of the module.
output "slipway" {
  value     = module.slipway
  sensitive = true # it has the key of the logs
}

output "settings" {
  value = module.slipway.settings
}

output "spec" {
  value = module.slipway.spec
}

output "image" {
  value = module.slipway.image
}

output "build-azure-client-id" {
  value = module.slipway.build-azure-client-id
}

output "build-azure-tenant-id" {
  value = module.slipway.build-azure-tenant-id
}

output "login-server" {
  value = module.slipway.login-server
}

output "ip" {
  value = module.slipway.ip
}

output "fqdn" {
  value = module.slipway.fqdn
}
