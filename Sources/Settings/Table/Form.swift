/// What a value may be: how it is read and written, and the words for what is allowed.
struct Form<Value: Sendable>: Sendable {
    /// A noun phrase: “a whole number from 1 to 50”.
    let allowed: String
    let decode: @Sendable (JSON) throws(Refusal) -> Value
    let encode: @Sendable (Value) -> JSON
    /// Text from the command line or the environment, as it would stand in the file.
    let read: @Sendable (String) -> JSON
    /// The same for one entry of an object; nil for what is no object.
    var readEntry: (@Sendable (String) -> JSON)?
    /// What was in force and what is set now, to what is in force then.
    var merge: @Sendable (Value, Value) -> Value = { _, new in new }
}

extension Form {
    /// A form whose values are written as text.
    static func spelled(
        _ allowed: String, parse: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
    ) -> Form {
        Form(
            allowed: allowed,
            decode: { (json) throws(Refusal) in
                guard case .string(let text) = json.value, let value = parse(text) else { throw Refusal(found: json) }
                return value
            },
            encode: { JSON(.string(write($0))) },
            read: { JSON(.string($0)) })
    }

    /// A form whose values are written as a number.
    static func numeric(
        _ allowed: String, parse: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
    ) -> Form {
        Form(
            allowed: allowed,
            decode: { (json) throws(Refusal) in
                guard case .number(let text) = json.value, let value = parse(text) else { throw Refusal(found: json) }
                return value
            },
            encode: { JSON(.number(write($0))) },
            read: { scalar($0) })
    }

    /// Text that is a JSON value stands for it, any other for itself.
    static func scalar(_ text: String) -> JSON {
        // Text that is no JSON is not a fault here: the form says what it allows instead.
        guard let json = try? JSONReader.read(Array(text.utf8)) else { return JSON(.string(text)) }
        return JSON(json.value)
    }
}
