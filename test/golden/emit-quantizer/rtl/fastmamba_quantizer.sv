// Written by fastmamba.

// The kernel: for each descriptor from `first` on, `count` of them, reads its 1 word of 512 bits and offers its fields to the
// region as scalars. The next one is offered when all processes have taken it, so that descriptors overlap: each process goes on to the
// next one when its own part of the one before has ended. Descriptor i begins at word i * 1 of port descriptors.
// A memory that answers with an error, the time limit, or the host ends the call at once: the region gives up what it does, and its AXI
// masters what they have not announced. The next call asks a memory for nothing before it has answered all that it was asked for.
// The interrupt's name is the one that Vitis HLS gives it.
// verilator lint_off SYMRSVDWORD
module fastmamba_quantizer (
  input  logic         clk,
  input  logic         rst,
  input  logic [11:0]  s_axi_control_awaddr,
  input  logic         s_axi_control_awvalid,
  output logic         s_axi_control_awready,
  input  logic [31:0]  s_axi_control_wdata,
  input  logic [3:0]   s_axi_control_wstrb,
  input  logic         s_axi_control_wvalid,
  output logic         s_axi_control_wready,
  output logic [1:0]   s_axi_control_bresp,
  output logic         s_axi_control_bvalid,
  input  logic         s_axi_control_bready,
  input  logic [11:0]  s_axi_control_araddr,
  input  logic         s_axi_control_arvalid,
  output logic         s_axi_control_arready,
  output logic [31:0]  s_axi_control_rdata,
  output logic [1:0]   s_axi_control_rresp,
  output logic         s_axi_control_rvalid,
  input  logic         s_axi_control_rready,
  output logic         interrupt,
  output logic [63:0]  m_axi_descriptors_araddr,
  output logic [7:0]   m_axi_descriptors_arlen,
  output logic [2:0]   m_axi_descriptors_arsize,
  output logic [1:0]   m_axi_descriptors_arburst,
  output logic [3:0]   m_axi_descriptors_arcache,
  output logic [2:0]   m_axi_descriptors_arprot,
  output logic         m_axi_descriptors_arvalid,
  input  logic         m_axi_descriptors_arready,
  input  logic [511:0] m_axi_descriptors_rdata,
  input  logic [1:0]   m_axi_descriptors_rresp,
  input  logic         m_axi_descriptors_rlast,
  input  logic         m_axi_descriptors_rvalid,
  output logic         m_axi_descriptors_rready,
  output logic [63:0]  m_axi_rows_in_araddr,
  output logic [7:0]   m_axi_rows_in_arlen,
  output logic [2:0]   m_axi_rows_in_arsize,
  output logic [1:0]   m_axi_rows_in_arburst,
  output logic [3:0]   m_axi_rows_in_arcache,
  output logic [2:0]   m_axi_rows_in_arprot,
  output logic         m_axi_rows_in_arvalid,
  input  logic         m_axi_rows_in_arready,
  input  logic [511:0] m_axi_rows_in_rdata,
  input  logic [1:0]   m_axi_rows_in_rresp,
  input  logic         m_axi_rows_in_rlast,
  input  logic         m_axi_rows_in_rvalid,
  output logic         m_axi_rows_in_rready,
  output logic [63:0]  m_axi_rows_out_awaddr,
  output logic [7:0]   m_axi_rows_out_awlen,
  output logic [2:0]   m_axi_rows_out_awsize,
  output logic [1:0]   m_axi_rows_out_awburst,
  output logic [3:0]   m_axi_rows_out_awcache,
  output logic [2:0]   m_axi_rows_out_awprot,
  output logic         m_axi_rows_out_awvalid,
  input  logic         m_axi_rows_out_awready,
  output logic [255:0] m_axi_rows_out_wdata,
  output logic [31:0]  m_axi_rows_out_wstrb,
  output logic         m_axi_rows_out_wlast,
  output logic         m_axi_rows_out_wvalid,
  input  logic         m_axi_rows_out_wready,
  input  logic [1:0]   m_axi_rows_out_bresp,
  input  logic         m_axi_rows_out_bvalid,
  output logic         m_axi_rows_out_bready
);
  logic start, ended, idle, stop;
  logic [31:0] first, count, limit;
  logic [63:0] base_descriptors;
  logic [63:0] base_rows_in;
  logic [63:0] base_rows_out;
  // As they are, and as they were when the call ended: a bit a port, descriptors first, and a bit a process.
  logic [2:0] errors, awaiting, errors_then, awaiting_then;
  logic [2:0] unfinished, unfinished_then;
  logic [2:0] reasons;
  logic [31:0] left;    // descriptors that have not ended
  logic [63:0] cycles;  // of the call
  fastmamba_quantizer_control control (
    .clk, .rst,
    .s_axi_control_awaddr,
    .s_axi_control_awvalid,
    .s_axi_control_awready,
    .s_axi_control_wdata,
    .s_axi_control_wstrb,
    .s_axi_control_wvalid,
    .s_axi_control_wready,
    .s_axi_control_bresp,
    .s_axi_control_bvalid,
    .s_axi_control_bready,
    .s_axi_control_araddr,
    .s_axi_control_arvalid,
    .s_axi_control_arready,
    .s_axi_control_rdata,
    .s_axi_control_rresp,
    .s_axi_control_rvalid,
    .s_axi_control_rready,
    .interrupt, .start, .ended, .idle, .reasons, .left, .cycles, .limit, .stop, .first, .count,
    .errors(errors_then), .awaiting(awaiting_then), .unfinished(unfinished_then),
    .base_descriptors,
    .base_rows_in,
    .base_rows_out
  );

  // Descriptors are asked for at once; each is received when all processes have taken the one before.
  typedef enum logic [1:0] {IDLE, WORK, STOP, END} state_type;
  state_type state;
  logic [31:0] word, words;  // of port descriptors, where the first one begins and what all of them take
  logic [31:0] to_take;      // descriptors that not all processes have taken
  logic begun;               // all have taken the first one
  logic asks, request_ready, fields_valid, offered, region_taken, region_done, last_word;
  wire works = state == WORK;
  wire receives = works & ~offered & ~region_taken & to_take != 32'd0;
  wire takes = offered & region_taken;
  wire over = works & begun & to_take == 32'd0 & region_done;
  assign idle = state == IDLE;
  assign ended = state == END;

  // What ends a call before its end.
  logic has_error, late, trouble, clear, clears_enough;
  logic [31:0] elapsed;      // cycles since a descriptor ended
  logic [3:0] clear_cycles;  // so many, for the registers on its way
  assign trouble = works && (has_error || late || stop);
  assign clear = state == STOP;
  assign clears_enough = clear_cycles == 4'd15;
  always_ff @(posedge clk) begin
    has_error <= works && errors != '0;
    late <= works && limit != 32'd0 && elapsed >= limit;
    elapsed <= !works || (takes && begun) ? 32'd0 : elapsed + 32'd1;
    clear_cycles <= clear && !rst ? clear_cycles + 4'd1 : 4'd0;
  end
  always_ff @(posedge clk)
    if (rst || (idle && start)) begin
      reasons <= '0;
      errors_then <= '0;
      awaiting_then <= '0;
      unfinished_then <= '0;
    end else if (trouble) reasons <= {stop, late, has_error};
    else if (works) begin
      errors_then <= errors;
      awaiting_then <= awaiting;
      unfinished_then <= unfinished;
    end

  logic [511:0] fields;
  wire unused_fields = ^fields;  // the bits between those of the scalars below
  axi_read_master #(.WIDTH(512), .BUFFER_WORDS(16)) axi_descriptors (
    .clk, .rst, .clear, .base(base_descriptors), .error(errors[0]), .awaits(awaiting[0]),
    .request_valid(asks), .request_ready, .request_word(word), .request_words(words),
    .data(fields), .valid(fields_valid), .ready(receives),
    .m_axi_araddr(m_axi_descriptors_araddr),
    .m_axi_arlen(m_axi_descriptors_arlen),
    .m_axi_arsize(m_axi_descriptors_arsize),
    .m_axi_arburst(m_axi_descriptors_arburst),
    .m_axi_arcache(m_axi_descriptors_arcache),
    .m_axi_arprot(m_axi_descriptors_arprot),
    .m_axi_arvalid(m_axi_descriptors_arvalid),
    .m_axi_arready(m_axi_descriptors_arready),
    .m_axi_rdata(m_axi_descriptors_rdata),
    .m_axi_rresp(m_axi_descriptors_rresp),
    .m_axi_rlast(m_axi_descriptors_rlast),
    .m_axi_rvalid(m_axi_descriptors_rvalid),
    .m_axi_rready(m_axi_descriptors_rready)
  );

  logic [0:0] received;  // words of the descriptor
  assign last_word = received == 1'd0;
  always_ff @(posedge clk)
    if (rst || !works) received <= '0;
    else if (fields_valid && receives) received <= last_word ? '0 : received + 1'b1;
  always_ff @(posedge clk)
    if (rst) state <= IDLE;
    else if (trouble) state <= STOP;
    else
      case (state)
        IDLE: if (start) state <= count == 32'd0 ? END : WORK;
        WORK: if (over) state <= END;
        STOP: if (clears_enough) state <= END;
        default: state <= IDLE;
      endcase
  always_ff @(posedge clk)
    if (rst || !works) asks <= idle & start & (count != 32'd0);
    else if (request_ready) asks <= 1'b0;
  always_ff @(posedge clk)
    if (rst || !works || takes) offered <= 1'b0;
    else if (fields_valid && receives && last_word && !errors[0]) offered <= 1'b1;
  always_ff @(posedge clk)
    if (rst || (idle && start)) cycles <= '0;
    else if (!idle) cycles <= cycles + 64'd1;
  always_ff @(posedge clk)
    if (idle && start) begin
      word <= first;
      words <= count;
      to_take <= count;
      left <= count;
      begun <= 1'b0;
    end else if (!trouble) begin
      if (takes) begin
        to_take <= to_take - 32'd1;
        begun <= 1'b1;
      end
      // That a descriptor is taken means that the one before it has ended.
      if ((takes && begun) || over) left <= left - 32'd1;
    end

  logic [6:0] scalar_rows;
  logic [20:0] scalar_from;
  logic [15:0] scalar_multiplier;
  logic [4:0] scalar_shift;
  always_ff @(posedge clk)
    if (fields_valid && receives) begin
      if (received == 1'd0) scalar_rows <= fields[6:0];
      if (received == 1'd0) scalar_from <= fields[52:32];
      if (received == 1'd0) scalar_multiplier <= fields[79:64];
      if (received == 1'd0) scalar_shift <= fields[100:96];
    end

  quantizer_region u_region (
    .clk, .rst, .offered, .taken(region_taken), .done(region_done), .clear,
    .errors(errors[2:1]), .awaiting(awaiting[2:1]), .unfinished,
    .rows(scalar_rows),
    .from(scalar_from),
    .multiplier(scalar_multiplier),
    .shift(scalar_shift),
    .m_axi_rows_in_base(base_rows_in),
    .m_axi_rows_in_araddr,
    .m_axi_rows_in_arlen,
    .m_axi_rows_in_arsize,
    .m_axi_rows_in_arburst,
    .m_axi_rows_in_arcache,
    .m_axi_rows_in_arprot,
    .m_axi_rows_in_arvalid,
    .m_axi_rows_in_arready,
    .m_axi_rows_in_rdata,
    .m_axi_rows_in_rresp,
    .m_axi_rows_in_rlast,
    .m_axi_rows_in_rvalid,
    .m_axi_rows_in_rready,
    .m_axi_rows_out_base(base_rows_out),
    .m_axi_rows_out_awaddr,
    .m_axi_rows_out_awlen,
    .m_axi_rows_out_awsize,
    .m_axi_rows_out_awburst,
    .m_axi_rows_out_awcache,
    .m_axi_rows_out_awprot,
    .m_axi_rows_out_awvalid,
    .m_axi_rows_out_awready,
    .m_axi_rows_out_wdata,
    .m_axi_rows_out_wstrb,
    .m_axi_rows_out_wlast,
    .m_axi_rows_out_wvalid,
    .m_axi_rows_out_wready,
    .m_axi_rows_out_bresp,
    .m_axi_rows_out_bvalid,
    .m_axi_rows_out_bready
  );
endmodule
