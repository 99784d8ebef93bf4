/// What the chat says, built into the binary from the files beside this one.
public enum BotText {
    /// Names, roles, forms and descriptions of the commands.
    public static var commands: [UInt8] { PackageResources.commands_json }
    public static var english: [UInt8] { PackageResources.en_json }
    public static var russian: [UInt8] { PackageResources.ru_json }
}
