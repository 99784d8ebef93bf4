/// What language models are told, built into the binary from the files beside this one.
public enum PromptText {
    public static var explainEnglish: [UInt8] { PackageResources.explain_en_txt }
    public static var explainRussian: [UInt8] { PackageResources.explain_ru_txt }
    public static var signal: [UInt8] { PackageResources.signal_en_txt }
    public static var factsEnglish: [UInt8] { PackageResources.facts_en_json }
    public static var factsRussian: [UInt8] { PackageResources.facts_ru_json }
    public static var lexiconEnglish: [UInt8] { PackageResources.lexicon_en_json }
    public static var lexiconRussian: [UInt8] { PackageResources.lexicon_ru_json }
    public static var explainSchema: [UInt8] { PackageResources.explain_schema_json }
    public static var signalSchema: [UInt8] { PackageResources.signal_schema_json }
}
