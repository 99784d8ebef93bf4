extension TradingEnvironment {
    private static let stateVersion: UInt64 = 0x0154_5241_4445_5253
    private static let traderWords = 8

    /// Every copy's place, position and random stream; the windows themselves are not part of it.
    public func saveState() -> [UInt8] {
        var words = [Self.stateVersion, fingerprint, UInt64(copies)]
        words.reserveCapacity(3 + copies * Self.traderWords)
        for copy in 0..<copies {
            let trader = traders[copy]
            words += [
                trader.stream.state, UInt64(trader.window), UInt64(currentBar(trader)), UInt64(trader.step),
                UInt64(trader.entryBar), UInt64(trader.position.exposure),
                UInt64(trader.position.held.bitPattern) << 32 | UInt64(trader.position.unrealised.bitPattern),
                UInt64(trader.position.best.bitPattern),
            ]
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * words.count)
        for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// Continues where ``saveState()`` was taken, in an environment of the same windows, configuration and copies.
    ///
    /// - Throws: ``TradingEnvironmentError/foreignState(_:)``; the environment is then unchanged.
    public func restoreState(_ state: [UInt8]) throws {
        let words: [UInt64] = state.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
            }
        }
        guard words.count >= 3, words[0] == Self.stateVersion else {
            throw TradingEnvironmentError.foreignState("it is not a trading environment's")
        }
        guard words[2] == UInt64(copies) else {
            throw TradingEnvironmentError.foreignState("it has \(words[2]) copies, not \(copies)")
        }
        guard words[1] == fingerprint else {
            throw TradingEnvironmentError.foreignState("it was taken on other market windows or rules")
        }
        guard state.count == 8 * (3 + copies * Self.traderWords) else {
            throw TradingEnvironmentError.foreignState("it is cut short")
        }
        var restored: [Trader] = []
        for copy in 0..<copies {
            let start = 3 + copy * Self.traderWords
            restored.append(try trader(from: Array(words[start..<start + Self.traderWords]), current: traders[copy]))
        }
        for (copy, trader) in restored.enumerated() { traders[copy] = trader }
    }

    private func trader(from word: [UInt64], current: Trader) throws -> Trader {
        guard word[1] < UInt64(windows.count), word[3] < UInt64(configuration.episodeLength), word[5] < 3 else {
            throw TradingEnvironmentError.foreignState("it is damaged")
        }
        let bars = windows[Int(word[1])].bars
        let left = UInt64(configuration.episodeLength) - word[3]
        guard word[2] >= UInt64(bars.lowerBound), word[2] < UInt64(bars.upperBound),
            word[2] + left < UInt64(bars.upperBound), word[4] <= word[2]
        else { throw TradingEnvironmentError.foreignState("it is damaged") }
        var trader = current
        place(&trader, window: Int(word[1]), bar: Int(word[2]))
        trader.stream = SplitMix64(state: word[0])
        trader.step = Int32(word[3])
        trader.entryBar = Int32(word[4])
        trader.position = PositionState(
            exposure: Int32(word[5]), held: Float(bitPattern: UInt32(truncatingIfNeeded: word[6] >> 32)),
            unrealised: Float(bitPattern: UInt32(truncatingIfNeeded: word[6])),
            best: Float(bitPattern: UInt32(truncatingIfNeeded: word[7])))
        return trader
    }

    /// FNV-1a over what the windows and rules are, so that a state is not restored into another world.
    private var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ word: UInt64) {
            for byte in 0..<8 { hash = (hash ^ (word >> (8 * UInt64(byte)) & 0xff)) &* 0x100_0000_01b3 }
        }
        for byte in layout.version.utf8 { add(UInt64(byte)) }
        add(UInt64(configuration.episodeLength))
        for window in windows {
            add(UInt64(window.bars.lowerBound))
            add(UInt64(window.bars.upperBound))
            add(UInt64(bitPattern: window.tables.openTimes[window.bars.lowerBound]))
            add(window.tables.prices[window.bars.upperBound - 1].close.bitPattern)
            add(window.share.bitPattern)
        }
        return hash
    }
}
