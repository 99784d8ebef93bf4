#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Training progress as the records of a TensorBoard event file, under the tags Stable-Baselines3 writes.
///
/// A file begins with ``header(wallTime:)``; each progress adds its ``records(of:settings:wallTime:)``. TensorBoard finds files
/// named `events.out.tfevents.*`; ``TensorBoardFile`` writes them.
public enum TensorBoardLog {
    /// The record every event file begins with.
    public static func header(wallTime: Double) -> Data {
        var event = ProtocolBuffer()
        event.double(1, wallTime)
        event.bytes(3, Array("brain.Event:2".utf8))
        return record(event.encoded)
    }

    public static func records(of progress: TrainingProgress, settings: PPOSettings, wallTime: Double) -> Data {
        var summary = ProtocolBuffer()
        for (tag, value) in scalars(of: progress, settings: settings) {
            var entry = ProtocolBuffer()
            entry.bytes(1, Array(tag.utf8))
            entry.float(2, Float(value))
            summary.bytes(1, entry.encoded)
        }
        var event = ProtocolBuffer()
        event.double(1, wallTime)
        event.integer(2, UInt64(progress.step))
        event.bytes(5, summary.encoded)
        return record(event.encoded)
    }

    /// Every figure by its tag: SB3's where SB3 has it.
    public static func scalars(of progress: TrainingProgress, settings: PPOSettings) -> [(tag: String, value: Double)] {
        var scalars: [(tag: String, value: Double)] = []
        if let reward = progress.meanEpisodeReward { scalars.append(("rollout/ep_rew_mean", reward)) }
        if let length = progress.meanEpisodeLength { scalars.append(("rollout/ep_len_mean", length)) }
        scalars += [
            ("time/fps", progress.stepsPerSecond),
            ("train/approx_kl", progress.approximateKL),
            // CleanRL's figure under SB3's family of tags; SB3 has none like it.
            ("train/old_approx_kl", progress.oldApproximateKL),
            ("train/clip_fraction", progress.clipFraction),
            ("train/clip_range", Double(settings.clipRange)),
            // SB3 logs the loss term, which is the negative entropy.
            ("train/entropy_loss", -progress.entropy),
            ("train/learning_rate", progress.learningRate),
            (
                "train/loss",
                progress.policyLoss - Double(settings.entropyCoefficient) * progress.entropy
                    + Double(settings.valueCoefficient) * progress.valueLoss
            ),
            ("train/n_updates", Double(progress.updates)),
            ("train/policy_gradient_loss", progress.policyLoss),
            ("train/value_loss", progress.valueLoss),
            ("train/gradient_norm", progress.gradientNorm),
        ]
        if let explained = progress.explainedVariance { scalars.append(("train/explained_variance", explained)) }
        if let range = settings.valueClipRange { scalars.append(("train/clip_range_vf", Double(range))) }
        for (name, plasticity) in [("policy", progress.policyPlasticity), ("value", progress.valuePlasticity)] {
            guard let plasticity else { continue }
            scalars += [
                ("plasticity/\(name)_dormant_share", plasticity.dormantShare),
                ("plasticity/\(name)_saturated_share", plasticity.saturatedShare),
                ("plasticity/\(name)_effective_rank", Double(plasticity.effectiveRank)),
            ]
        }
        return scalars
    }

    /// TFRecord framing: length, its checksum, the bytes, their checksum.
    private static func record(_ bytes: [UInt8]) -> Data {
        let length = littleEndian(UInt64(bytes.count))
        var data = Data(length)
        data.append(contentsOf: littleEndian(maskedChecksum(length)))
        data.append(contentsOf: bytes)
        data.append(contentsOf: littleEndian(maskedChecksum(bytes)))
        return data
    }

    private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
        let sum = CRC32C.checksum(bytes)
        return ((sum >> 15) | (sum << 17)) &+ 0xa282_ead8
    }

    fileprivate static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// CRC-32C (Castagnoli), as RFC 3720 defines it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82f6_3b78 : value >> 1 }
    }

    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { ($0 >> 8) ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}

/// The few field kinds of protocol buffers that an event needs.
private struct ProtocolBuffer {
    private(set) var encoded: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(rest))
    }

    mutating func integer(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        varint(field << 3 | 1)
        encoded += TensorBoardLog.littleEndian(value.bitPattern)
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        encoded += value
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        varint(field << 3 | 5)
        encoded += TensorBoardLog.littleEndian(value.bitPattern)
    }
}
