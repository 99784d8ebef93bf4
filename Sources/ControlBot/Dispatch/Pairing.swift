import ControlPlane
import Foundation
import Store

/// Who is in charge at start.
public enum Pairing {
    /// Makes the configured users admins and, while there is no admin at all, a one-time code for the first.
    ///
    /// - Returns: the code to show to whoever runs the process; nil when somebody is in charge.
    public static func prepare(_ control: ControlPlane, admins: [Int64], language: String) throws -> String? {
        let moment = control.now()
        return try control.store.write { transaction in
            try transaction.expireMessages(chat: TerminalChat.chat, reason: "the terminal was closed")
            try transaction.deleteUser(TerminalChat.user)
            for id in admins {
                var user =
                    try transaction.user(id)
                    ?? UserRecord(id: id, name: "\(id)", role: .admin, language: language, chatId: id, pairedAt: moment)
                user.role = .admin
                try transaction.save(user)
            }
            guard try !transaction.users().contains(where: { $0.role == .admin }) else { return nil }
            let code = PairingCode.make()
            try transaction.storePairingCode(
                code, role: .admin, createdAt: moment, expiresAt: moment.addingTimeInterval(PairingCode.lifetime))
            return code
        }
    }
}
