// Written by fastmamba.

// Registers of the kernel, as Vitis HLS lays them out for the C++ top (AXI4-Lite, 32 bits a register):
//   000  control: bit 0 start, 1 done (cleared by reading), 2 idle, 3 ready (cleared by reading), 7 start again after the end,
//        9 interrupt
//   004  bit 0: interrupts are passed on
//   008  interrupts that are taken up: bit 0 done, bit 1 ready, bit 2 ended before its end (in addition to those of Vitis HLS)
//   00c  interrupts that have come, same bits; a one written toggles its bit
//   010  descriptors: byte address, low half first
//   01c  first
//   024  count
//   02c  rows_in: byte address, low half first
//   038  rows_out: byte address, low half first
// In addition to those of Vitis HLS, of the call that runs or has ended last:
//   044  why it ended before its end: bit 0 a memory answered with an error, 1 the time limit, 2 the host asked for it; else 0
//   048  time limit: cycles that one descriptor may take, 0 for any number
//   04c  1 written: the call ends
//   050  descriptors that have not come to their end
//   054  cycles of the call (two words, low half first)
//   05c  ports whose memory has answered with an error: bit 0 descriptors, rows_in, rows_out
//   060  ports whose memory had not answered: bit 0 descriptors, rows_in, rows_out
//   064  processes that were not done: bit 0 read_rows, quantize_rows, write_rows
// What this kernel is; reading alone:
//   fc0  "FMBA", a kernel of this project
//   fc4  version of this layout of registers
//   fc8  n, ports besides that of the descriptors
//   fcc  processes
//   fd0  words of 64 bytes that a descriptor takes
//   fe0  digest of the plan (8 words): 0000000000000000000000000000000000000000000000000000000000000000
// The interrupt's name is the one that Vitis HLS gives it.
// verilator lint_off SYMRSVDWORD
module fastmamba_quantizer_control (
  input  logic        clk,
  input  logic        rst,
  input  logic [11:0] s_axi_control_awaddr,
  input  logic        s_axi_control_awvalid,
  output logic        s_axi_control_awready,
  input  logic [31:0] s_axi_control_wdata,
  input  logic [3:0]  s_axi_control_wstrb,
  input  logic        s_axi_control_wvalid,
  output logic        s_axi_control_wready,
  output logic [1:0]  s_axi_control_bresp,
  output logic        s_axi_control_bvalid,
  input  logic        s_axi_control_bready,
  input  logic [11:0] s_axi_control_araddr,
  input  logic        s_axi_control_arvalid,
  output logic        s_axi_control_arready,
  output logic [31:0] s_axi_control_rdata,
  output logic [1:0]  s_axi_control_rresp,
  output logic        s_axi_control_rvalid,
  input  logic        s_axi_control_rready,
  output logic        interrupt,
  output logic        start,  // stays until the end is seen, longer when the kernel is to start again
  input  logic        ended,  // one cycle: the call is over
  input  logic        idle,
  input  logic [2:0]  reasons,  // that it ended before its end
  input  logic [31:0] left,     // descriptors
  input  logic [63:0] cycles,
  input  logic [2:0] errors,
  input  logic [2:0] awaiting,
  input  logic [2:0] unfinished,
  output logic [31:0] limit,
  output logic        stop,  // one cycle: the host wants an end
  output logic [31:0] first,
  output logic [31:0] count,
  output logic [63:0] base_descriptors,
  output logic [63:0] base_rows_in,
  output logic [63:0] base_rows_out
);
  // One write at a time: address, then data, then the response.
  logic [9:0] write_at;
  logic address_known;
  logic write;
  logic [31:0] mask;
  assign s_axi_control_awready = !address_known && !s_axi_control_bvalid;
  assign s_axi_control_wready = address_known;
  assign s_axi_control_bresp = 2'b00;
  assign write = address_known && s_axi_control_wvalid;
  assign mask = {{8{s_axi_control_wstrb[3]}}, {8{s_axi_control_wstrb[2]}}, {8{s_axi_control_wstrb[1]}}, {8{s_axi_control_wstrb[0]}}};
  always_ff @(posedge clk) begin
    if (rst) begin
      address_known <= 1'b0;
      s_axi_control_bvalid <= 1'b0;
    end else begin
      if (s_axi_control_awvalid && s_axi_control_awready) address_known <= 1'b1;
      else if (write) address_known <= 1'b0;
      if (write) s_axi_control_bvalid <= 1'b1;
      else if (s_axi_control_bready) s_axi_control_bvalid <= 1'b0;
    end
    if (s_axi_control_awready) write_at <= s_axi_control_awaddr[11:2];
  end

  logic write_control;
  assign write_control = write && write_at == 10'h000 && s_axi_control_wstrb[0];
  logic read;
  assign s_axi_control_arready = !s_axi_control_rvalid;
  assign s_axi_control_rresp = 2'b00;
  assign read = s_axi_control_arvalid && s_axi_control_arready;
  logic read_control;
  assign read_control = read && s_axi_control_araddr[11:2] == 10'h000;

  logic done, ready, again, enabled;
  logic [2:0] taken, come, comes;
  assign comes = {reasons != 3'd0, 2'b11};
  assign interrupt = enabled && come != 3'b000;
  always_ff @(posedge clk)
    if (rst) begin
      start <= 1'b0;
      done <= 1'b0;
      ready <= 1'b0;
      again <= 1'b0;
      enabled <= 1'b0;
      taken <= 3'b000;
      come <= 3'b000;
      limit <= '0;
      stop <= 1'b0;
    end else begin
      if (write_control && s_axi_control_wdata[0]) start <= 1'b1;
      else if (ended) start <= again && reasons == 3'd0;
      if (write_control) again <= s_axi_control_wdata[7];
      // What comes in the cycle of the read is kept for the next one.
      if (ended) done <= 1'b1;
      else if (read_control) done <= 1'b0;
      if (ended) ready <= 1'b1;
      else if (read_control) ready <= 1'b0;
      if (write && write_at == 10'h001 && s_axi_control_wstrb[0]) enabled <= s_axi_control_wdata[0];
      if (write && write_at == 10'h002 && s_axi_control_wstrb[0]) taken <= s_axi_control_wdata[2:0];
      if (write && write_at == 10'h012) limit <= s_axi_control_wdata & mask | limit & ~mask;
      stop <= write && write_at == 10'h013 && s_axi_control_wstrb[0] && s_axi_control_wdata[0];
      for (int i = 0; i < 3; i++)
        if (ended && taken[i] && comes[i]) come[i] <= 1'b1;
        else if (write && write_at == 10'h003 && s_axi_control_wstrb[0]) come[i] <= come[i] ^ s_axi_control_wdata[i];
    end

  // What the host writes before a start needs no reset.
  always_ff @(posedge clk)
    if (write)
      case (write_at)
        10'h004: base_descriptors[31:0] <= s_axi_control_wdata & mask | base_descriptors[31:0] & ~mask;
        10'h005: base_descriptors[63:32] <= s_axi_control_wdata & mask | base_descriptors[63:32] & ~mask;
        10'h007: first <= s_axi_control_wdata & mask | first & ~mask;
        10'h009: count <= s_axi_control_wdata & mask | count & ~mask;
        10'h00b: base_rows_in[31:0] <= s_axi_control_wdata & mask | base_rows_in[31:0] & ~mask;
        10'h00c: base_rows_in[63:32] <= s_axi_control_wdata & mask | base_rows_in[63:32] & ~mask;
        10'h00e: base_rows_out[31:0] <= s_axi_control_wdata & mask | base_rows_out[31:0] & ~mask;
        10'h00f: base_rows_out[63:32] <= s_axi_control_wdata & mask | base_rows_out[63:32] & ~mask;
        default: ;
      endcase

  always_ff @(posedge clk) begin
    if (rst) s_axi_control_rvalid <= 1'b0;
    else if (read) s_axi_control_rvalid <= 1'b1;
    else if (s_axi_control_rready) s_axi_control_rvalid <= 1'b0;
    if (read)
      case (s_axi_control_araddr[11:2])
        10'h000: s_axi_control_rdata <= {22'd0, interrupt, 1'b0, again, 3'd0, ready, idle, done, start};
        10'h001: s_axi_control_rdata <= {31'd0, enabled};
        10'h002: s_axi_control_rdata <= {29'd0, taken};
        10'h003: s_axi_control_rdata <= {29'd0, come};
        10'h004: s_axi_control_rdata <= base_descriptors[31:0];
        10'h005: s_axi_control_rdata <= base_descriptors[63:32];
        10'h007: s_axi_control_rdata <= first;
        10'h009: s_axi_control_rdata <= count;
        10'h00b: s_axi_control_rdata <= base_rows_in[31:0];
        10'h00c: s_axi_control_rdata <= base_rows_in[63:32];
        10'h00e: s_axi_control_rdata <= base_rows_out[31:0];
        10'h00f: s_axi_control_rdata <= base_rows_out[63:32];
        10'h011: s_axi_control_rdata <= {29'd0, reasons};
        10'h012: s_axi_control_rdata <= limit;
        10'h014: s_axi_control_rdata <= left;
        10'h015: s_axi_control_rdata <= cycles[31:0];
        10'h016: s_axi_control_rdata <= cycles[63:32];
        10'h017: s_axi_control_rdata <= {29'd0, errors[2:0]};
        10'h018: s_axi_control_rdata <= {29'd0, awaiting[2:0]};
        10'h019: s_axi_control_rdata <= {29'd0, unfinished[2:0]};
        10'h3f0: s_axi_control_rdata <= 32'h41424d46;
        10'h3f1: s_axi_control_rdata <= 32'h00000001;
        10'h3f2: s_axi_control_rdata <= 32'h00000002;
        10'h3f3: s_axi_control_rdata <= 32'h00000003;
        10'h3f4: s_axi_control_rdata <= 32'h00000001;
        10'h3f8: s_axi_control_rdata <= 32'h00000000;
        10'h3f9: s_axi_control_rdata <= 32'h00000000;
        10'h3fa: s_axi_control_rdata <= 32'h00000000;
        10'h3fb: s_axi_control_rdata <= 32'h00000000;
        10'h3fc: s_axi_control_rdata <= 32'h00000000;
        10'h3fd: s_axi_control_rdata <= 32'h00000000;
        10'h3fe: s_axi_control_rdata <= 32'h00000000;
        10'h3ff: s_axi_control_rdata <= 32'h00000000;
        default: s_axi_control_rdata <= 32'd0;
      endcase
  end

  // Registers are 32 bits wide, whatever byte of them an address means.
  logic [3:0] unused;
  assign unused = {s_axi_control_awaddr[1:0], s_axi_control_araddr[1:0]};
endmodule
